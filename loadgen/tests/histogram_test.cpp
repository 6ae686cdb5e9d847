#include "loadgen/histogram.hpp"

#include <gtest/gtest.h>

#include "loadgen/histogram_log.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, HasTheLayoutOfHdrHistogram) {
  EXPECT_EQ(Histogram::counters,
            23552u);  // what its Java library allocates for 1 to 3,600,000,000 and 3 digits
  struct Row {
    std::int64_t value_us;
    std::size_t index;
    std::int64_t lowest_us, highest_us;
  };
  for (const auto& [value, index, lowest, highest] :
       {Row{0, 0, 0, 0}, Row{1, 1, 1, 1}, Row{2047, 2047, 2047, 2047}, Row{2048, 2048, 2048, 2049},
        Row{2049, 2048, 2048, 2049}, Row{4095, 3071, 4094, 4095}, Row{4096, 3072, 4096, 4099},
        Row{1'000'000, 11169, 999'936, 1'000'447}}) {
    EXPECT_EQ(Histogram::index_of(value), index) << value;
    EXPECT_EQ(Histogram::lowest_of(index).count(), lowest) << value;
    EXPECT_EQ(Histogram::highest_of(index).count(), highest) << value;
  }
  EXPECT_LT(Histogram::index_of(Histogram::highest.count()), Histogram::counters);
}

TEST(Histogram, KeepsThreeDigitsEverywhere) {
  for (std::int64_t value = 1; value <= Histogram::highest.count(); value = value * 17 / 16 + 1) {
    const auto index = Histogram::index_of(value);
    ASSERT_LE(Histogram::lowest_of(index).count(), value);
    ASSERT_GE(Histogram::highest_of(index).count(), value);
    ASSERT_LE(static_cast<double>(Histogram::highest_of(index).count() - Histogram::lowest_of(index).count()),
              static_cast<double>(value) / 1000)
        << value;
  }
}

TEST(Histogram, GivesPercentilesByNearestRank) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(std::chrono::microseconds(i));
  EXPECT_EQ(histogram.percentile(0), 1us);
  EXPECT_EQ(histogram.percentile(50), 500us);
  EXPECT_EQ(histogram.percentile(99.9), 999us);
  EXPECT_EQ(histogram.percentile(99.91), 1000us);
  EXPECT_EQ(histogram.percentile(100), 1000us);
  EXPECT_EQ(histogram.min(), 1us);
  EXPECT_EQ(histogram.max(), 1000us);
  EXPECT_DOUBLE_EQ(histogram.mean_us(), 500.5);
  EXPECT_NEAR(histogram.standard_deviation_us(), 288.675, 0.001);
}

TEST(Histogram, HidesWhatIsTooShortToBeToldAndKeepsItInThePercentiles) {
  Histogram histogram;
  histogram.record(std::chrono::nanoseconds(-5us));
  histogram.record(-5us, 1);
  histogram.record(99us, 1);
  histogram.record(100us, 1);
  histogram.record(500us, 6);
  EXPECT_EQ(histogram.under_range(), 2u) << "less than nothing is not nothing";
  histogram.hide_below(100us);
  EXPECT_EQ(histogram.count(), 10u);
  EXPECT_EQ(histogram.under_range(), 3u);
  EXPECT_EQ(histogram.in_range(), 7u);
  EXPECT_EQ(histogram.percentile(30), Histogram::hidden);
  EXPECT_EQ(histogram.percentile(40), 100us);
  EXPECT_EQ(histogram.percentile(50), 500us);
  EXPECT_EQ(histogram.min(), Histogram::hidden);
  EXPECT_EQ(Histogram::told(histogram.percentile(30)), std::nullopt);

  Histogram again;
  Interval::of(histogram, 0s, 1s).add_to(again);
  EXPECT_EQ(again.under_range(), 3u);
  again.merge(histogram);
  EXPECT_EQ(again.under_range(), 6u);
  EXPECT_EQ(again.hidden_below(), 100us);
}

TEST(Histogram, KeepsWhatNeverCameInThePercentiles) {
  Histogram histogram;
  for (int i = 0; i < 98; ++i) histogram.record(10us, 1);
  histogram.record_over_range(1);
  histogram.record(std::chrono::nanoseconds(2h));
  EXPECT_EQ(histogram.count(), 100u);
  EXPECT_EQ(histogram.over_range(), 2u);
  EXPECT_EQ(histogram.percentile(98), 10us);
  EXPECT_EQ(histogram.percentile(99), std::nullopt);
  EXPECT_EQ(histogram.max(), 10us);
}

TEST(Histogram, HasNoPercentilesOfNothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(50), std::nullopt);
  EXPECT_EQ(histogram.min(), std::nullopt);
  EXPECT_EQ(histogram.max(), std::nullopt);
  EXPECT_EQ(histogram.mean_us(), 0);
}

TEST(Histogram, MergesExactly) {
  Histogram all, even, odd;
  for (int i = 1; i <= 100'000; ++i) {
    const std::chrono::nanoseconds time = i * 37us;
    all.record(time);
    (i % 2 ? odd : even).record(time);
  }
  odd.record_over_range(3);
  all.record_over_range(3);
  even.merge(odd);
  EXPECT_EQ(even.counts(), all.counts());
  EXPECT_EQ(even.count(), all.count());
  EXPECT_EQ(even.over_range(), 3u);
  even.clear();
  EXPECT_EQ(even.count(), 0u);
}

TEST(Interval, RebuildsItsHistogram) {
  Histogram histogram, rebuilt;
  for (const auto time : {0us, 1us, 2048us, 3600000000us}) histogram.record(time, 2);
  histogram.record_over_range(1);
  Interval::of(histogram, 1s, 1s).add_to(rebuilt);
  EXPECT_EQ(rebuilt.counts(), histogram.counts());
  EXPECT_EQ(rebuilt.over_range(), 1u);
}

}  // namespace
}  // namespace chatlab::loadgen
