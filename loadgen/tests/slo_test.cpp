#include "loadgen/slo.hpp"

#include <gtest/gtest.h>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

Figures figures() {
  Figures figures;
  for (int i = 1; i <= 100; ++i) figures.completion.record(i * 1ms);
  figures.delivery.record_over_range(1);
  figures.delivery.record(1ms, 99);
  figures.expected = 1000;
  figures.counts.deliveries = 999;
  return figures;
}

TEST(Slo, HoldsTimesAndCounts) {
  struct Row {
    const char* text;
    bool kept;
    const char* measured;
  };
  for (const auto& [text, kept, measured] :
       {Row{"completion.p99<100ms", true, "99.0 ms"}, Row{"completion.p99<25ms", false, "99.0 ms"},
        Row{"completion.p50<=51ms", true, "50.0 ms"}, Row{"completion.max<99ms", false, "100 ms"},
        Row{"delivery.p99<2ms", true, "1.00 ms"}, Row{"delivery.p99.9<1h", false, "lost"},
        Row{"completion.p1>500us", true, "1.00 ms"}, Row{"raw.p50<1s", false, "nothing was measured"},
        Row{"reach>99.9%", true, "99.9000 %"}, Row{"reach>=99.95%", false, "99.9000 %"},
        Row{"lost<1", false, "1"}, Row{"lost<=1", true, "1"}, Row{"duplicates<1", true, "0"}}) {
    const auto slo = parse_slo(text);
    ASSERT_TRUE(slo.has_value()) << text << ": " << slo.error().text;
    const auto result = hold_against(*slo, figures());
    EXPECT_EQ(result.kept, kept) << text;
    EXPECT_EQ(result.measured, measured) << text;
  }
}

TEST(Slo, IsNotKeptByATimeThatCannotBeTold) {
  Figures figures;
  figures.completion.record(80us, 10);
  figures.hide_below(200us);
  EXPECT_TRUE(hold_against(*parse_slo("completion.p99<250us"), figures).kept);
  const auto result = hold_against(*parse_slo("completion.p99<100us"), figures);
  EXPECT_FALSE(result.kept);
  EXPECT_EQ(result.measured, "cannot be told: shorter than 200 us");
}

TEST(Slo, ExplainsWhatItCannotRead) {
  struct Row {
    const char *text, *error;
  };
  for (const auto& [text, error] :
       {Row{"completion.p99", "it has no < or >"}, Row{"speed.p99<1s", "'speed' is no time that is measured"},
        Row{"completion.q99<1s", "'q99' is neither max nor a percentile such as p99"},
        Row{"completion.p101<1s", "'p101' is neither"}, Row{"completion.<1s", "'' is neither"},
        Row{"completion.p99<fast", "'fast' is no time such as 25ms"},
        Row{"beauty>1", "'beauty' is not measured"}, Row{"reach>all", "'all' is no number"}}) {
    const auto slo = parse_slo(text);
    ASSERT_TRUE(slo.has_error()) << text;
    EXPECT_NE(slo.error().text.find(error), std::string::npos) << slo.error().text;
    EXPECT_NE(slo.error().text.find("Write it as completion.p99<25ms"), std::string::npos);
  }
}

}  // namespace
}  // namespace chatlab::loadgen
