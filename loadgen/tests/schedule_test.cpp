#include "loadgen/schedule.hpp"

#include <gtest/gtest.h>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, SpacesConstantArrivalsEvenly) {
  const Schedule schedule({Arrivals::constant, 200, 1s, 0s, 1});
  ASSERT_EQ(schedule.size(), 200u);
  EXPECT_EQ(schedule.due(0), 0ns);
  EXPECT_EQ(schedule.due(1), 5ms);
  EXPECT_EQ(schedule.due(199), 995ms);
}

TEST(Schedule, DoesNotDriftWhereTheGapIsNoWholeNanosecond) {
  const Schedule schedule({Arrivals::constant, 3, 1000s, 0s, 1});
  ASSERT_EQ(schedule.size(), 3000u);
  EXPECT_EQ(schedule.due(1), 333'333'333ns);
  EXPECT_EQ(schedule.due(2997), 999s);
}

TEST(Schedule, FindsTheFirstSendFromAMoment) {
  const Schedule schedule({Arrivals::constant, 10, 1s, 0s, 1});
  EXPECT_EQ(schedule.first_from(0s), 0u);
  EXPECT_EQ(schedule.first_from(300ms), 3u);
  EXPECT_EQ(schedule.first_from(301ms), 4u);
  EXPECT_EQ(schedule.first_from(2s), 10u);
}

TEST(Schedule, PoissonArrivalsHaveTheRateAndTheSpreadOfPoisson) {
  const Schedule schedule({Arrivals::poisson, 1000, 100s, 0s, 7});
  // 100,000 expected, with a standard deviation of 316.
  EXPECT_NEAR(static_cast<double>(schedule.size()), 100'000, 1600);
  std::size_t gaps_beyond_mean = 0;
  for (std::size_t i = 1; i < schedule.size(); ++i) {
    ASSERT_GE(schedule.due(i), schedule.due(i - 1));
    gaps_beyond_mean += schedule.due(i) - schedule.due(i - 1) > 1ms;
  }
  // An exponential gap is beyond its mean with probability 1/e.
  EXPECT_NEAR(static_cast<double>(gaps_beyond_mean) / static_cast<double>(schedule.size()), 0.3679, 0.01);
}

TEST(Schedule, IsDecidedByItsSeed) {
  const auto first_due = [](std::uint64_t seed) {
    return Schedule({Arrivals::poisson, 100, 1s, 0s, seed}).due(0);
  };
  EXPECT_EQ(first_due(1), first_due(1));
  EXPECT_NE(first_due(1), first_due(2));
}

TEST(Schedule, ClimbsARampInAStraightLine) {
  const Schedule schedule({Arrivals::constant, 100, 4s, 2s, 1});
  // 100 on the ramp's triangle, then 100 a second.
  EXPECT_EQ(schedule.first_from(1s), 25u);
  EXPECT_EQ(schedule.first_from(2s), 100u);
  EXPECT_EQ(schedule.size(), 300u);
  EXPECT_EQ(schedule.due(101) - schedule.due(100), 10ms);
}

TEST(Schedule, ExpectsWhatItWillHold) {
  for (const Load& load : {Load{Arrivals::constant, 200, 3s, 0s, 1}, Load{Arrivals::constant, 100, 4s, 2s, 1},
                           Load{Arrivals::constant, 100, 1s, 2s, 1}}) {
    EXPECT_NEAR(expected_sends(load), static_cast<double>(Schedule(load).size()), 1);
  }
  EXPECT_EQ(Schedule().size(), 0u);
}

}  // namespace
}  // namespace chatlab::loadgen
