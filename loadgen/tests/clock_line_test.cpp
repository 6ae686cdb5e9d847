#include "loadgen/clock_line.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

/// A clock that was set `ahead` when ours showed 0, and gains `drift` seconds a second.
struct Other {
  std::chrono::nanoseconds ahead;
  double drift = 0;
  Moment at(Moment ours) const {
    return ours + ahead + Moment(static_cast<std::int64_t>(static_cast<double>(ours.count()) * drift));
  }
  ClockReading read(Moment ours, std::chrono::nanoseconds there, std::chrono::nanoseconds back) const {
    return {ours, at(ours + there), ours + there + back};
  }
};

TEST(ClockLine, IsExactWhereTheWayThereIsAsLongAsTheWayBack) {
  const Other other{1h, 20e-6};
  const std::vector readings{other.read(1s, 40us, 40us), other.read(6s, 60us, 60us),
                             other.read(11s, 50us, 50us)};
  const auto line = line_through(readings);
  for (const Moment ours : {Moment(0s), Moment(1s), Moment(7s), Moment(30s)}) {
    EXPECT_NEAR(static_cast<double>((line.theirs(ours) - other.at(ours)).count()), 0, 50) << ours.count();
    EXPECT_NEAR(static_cast<double>((line.ours(other.at(ours)) - ours).count()), 0, 50) << ours.count();
  }
  EXPECT_GE(line.error, 60us);
  EXPECT_LT(line.error, 61us);
}

TEST(ClockLine, IsNeverWrongByMoreThanItSays) {
  for (const auto& [there, back] : {std::pair{10us, 190us}, std::pair{190us, 10us}}) {
    const Other other{-5s, -50e-6};
    const std::vector readings{other.read(1s, there, back), other.read(9s, back, there)};
    const auto line = line_through(readings);
    for (const Moment ours : {Moment(1s), Moment(5s), Moment(9s)})
      EXPECT_LE(std::chrono::abs(line.theirs(ours) - other.at(ours)), line.error);
  }
}

TEST(ClockLine, FindsOutThatAClockWasSetMeanwhile) {
  const Other before{1s}, after{1s + 3ms};
  const std::vector readings{before.read(1s, 50us, 50us), before.read(5s, 50us, 50us),
                             after.read(9s, 50us, 50us)};
  EXPECT_GT(line_through(readings).error, 1ms);
}

TEST(ClockLine, HasNoDriftWhereThereIsOneReading) {
  const Other other{2s};
  const std::vector readings{other.read(1s, 30us, 30us)};
  EXPECT_EQ(line_through(readings).theirs(10s), Moment(12s));
  EXPECT_EQ(line_through(readings).error, 30us);
}

TEST(ClockLine, TakesTheShortestRoundTripOfABurst) {
  const Other other{1s};
  const std::vector burst{other.read(1s, 900us, 100us), other.read(2s, 20us, 30us),
                          other.read(3s, 100us, 100us)};
  EXPECT_EQ(best_of(burst).round_trip(), 50us);
  EXPECT_EQ(best_of(burst).asked, Moment(2s));
}

}  // namespace
}  // namespace chatlab::loadgen
