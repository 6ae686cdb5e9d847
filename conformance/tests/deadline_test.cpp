#include "conformance/deadline.hpp"

#include <gtest/gtest.h>

namespace chatlab::conformance {
namespace {

using namespace std::chrono_literals;

constexpr Deadline::Clock::time_point start{1h};

Deadline::Moment at(Deadline::Clock::duration time, std::chrono::nanoseconds busy = 0ms) {
  return {start + time, busy};
}

/// The deadline of 10 s after one sleep of 5 ms from the start on.
auto after_sleep(const Deadline::Moment& woke) {
  Deadline deadline(start + 10s, 2ms);
  deadline.slept(at(0ms), start + 5ms, woke);
  return deadline.at() - start;
}

TEST(Deadline, StandsWhereTheMachineHasTime) {
  EXPECT_EQ(after_sleep(at(5ms)), 10s);
  EXPECT_EQ(after_sleep(at(7ms)), 10s);
  EXPECT_EQ(after_sleep(at(1ms)), 10s);  // woken by what was waited for
}

TEST(Deadline, IsPutOffByAsLongAsTheMachineStoodStill) {
  EXPECT_EQ(after_sleep(at(5ms + 3s)), 13s);
  EXPECT_EQ(after_sleep(at(5ms + 20s)), 30s);
}

TEST(Deadline, IsNotPutOffByWhatThisProgramComputed) {
  EXPECT_EQ(after_sleep(at(5ms + 3s, 3s)), 10s);
  EXPECT_EQ(after_sleep(at(5ms + 3s, 1s)), 12s);
}

TEST(Deadline, ManyLateSleepsAddUp) {
  Deadline deadline(start + 10s, 2ms);
  Deadline::Clock::duration time{};
  int sleeps = 0;
  for (; !deadline.is_over(start + time); ++sleeps) {  // of 20 ms, it gets 5 ms
    deadline.slept(at(time), start + time + 5ms, at(time + 20ms));
    time += 20ms;
  }
  EXPECT_EQ(sleeps, 10s / 5ms);
}

TEST(Deadline, ComesNeverWhereThereIsNone) {
  Deadline deadline(Deadline::Clock::time_point::max(), 2ms);
  deadline.slept(at(0ms), start + 5ms, at(1h));
  EXPECT_FALSE(deadline.is_over(start + 1000h));
}

}  // namespace
}  // namespace chatlab::conformance
