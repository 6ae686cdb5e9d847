#include "loadgen/bootstrap.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace chatlab::loadgen {
namespace {

const std::vector<double> median = {50};

std::vector<std::int64_t> uniform(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::int64_t> values(size);
  for (auto& value : values) value = static_cast<std::int64_t>(random() % 10'000);
  return values;
}

TEST(Confidence, OfConstantsIsAPoint) {
  const std::vector<std::int64_t> values(500, 42);
  const auto intervals = confidence_95(values, std::vector<double>{50, 99}, 1);
  ASSERT_EQ(intervals.size(), 2u);
  EXPECT_EQ(intervals[1].low, 42);
  EXPECT_EQ(intervals[1].high, 42);
}

// Of independent values, 95 of 100 intervals hold the true median; 85 is more than 4 standard deviations off.
TEST(Confidence, HoldsTheTruthAsOftenAsItSays) {
  int held = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto interval = confidence_95(uniform(900, seed), median, seed)[0];
    held += interval.low <= 5000 && 5000 <= interval.high;
  }
  EXPECT_GE(held, 85);
}

TEST(Confidence, IsWiderWhereNeighboursAreAlike) {
  auto runs = uniform(900, 3);
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i] = runs[i / 30 * 30];
  const auto alike = confidence_95(runs, median, 1)[0];
  const auto independent = confidence_95(uniform(900, 3), median, 1)[0];
  EXPECT_GT(alike.high - alike.low, 2 * (independent.high - independent.low));
}

TEST(Confidence, KeepsNeverInTheUpperBound) {
  auto values = uniform(1000, 5);
  constexpr auto lost = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < values.size(); i += 100) values[i] = lost;  // 1 %
  const auto interval = confidence_95(values, std::vector<double>{99}, 1)[0];
  EXPECT_LT(interval.low, lost);
  EXPECT_EQ(interval.high, lost);
}

TEST(Confidence, IsDecidedByItsSeed) {
  const auto values = uniform(300, 9);
  EXPECT_EQ(confidence_95(values, median, 4)[0].low, confidence_95(values, median, 4)[0].low);
  EXPECT_TRUE(confidence_95({}, median, 1).empty());
  EXPECT_EQ(confidence_95(std::vector<std::int64_t>{7}, median, 1)[0].high, 7);
}

}  // namespace
}  // namespace chatlab::loadgen
