// A point in time on the machine's monotonic clock, as nanoseconds: what the rules take and give instead of
// looking at a clock themselves.
#pragma once

#include <chrono>

namespace chatlab::loadgen {

using Moment = std::chrono::nanoseconds;

/// Before every moment of a run: "has not happened".
inline constexpr Moment never = Moment::min();

inline double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace chatlab::loadgen
