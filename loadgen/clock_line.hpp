// Another host's clock, known by asking it: what it shows at a moment of ours, and how well that is known.
// Pure.
#pragma once

#include <span>

#include "loadgen/moment.hpp"

namespace chatlab::loadgen {

/// One question to another clock, and its answer.
struct ClockReading {
  Moment asked{};     ///< by ours
  Moment answered{};  ///< by theirs
  Moment heard{};     ///< by ours
  std::chrono::nanoseconds round_trip() const { return heard - asked; }
};

/// Clocks run at rates that differ a little, and steadily: the offset is a line over our time.
struct ClockLine {
  Moment at{};                        ///< by ours
  std::chrono::nanoseconds offset{};  ///< theirs - ours, then
  double drift = 0;                   ///< by how much the offset grows, seconds a second
  std::chrono::nanoseconds error{};   ///< by how much what follows may be wrong

  Moment theirs(Moment ours) const;
  Moment ours(Moment theirs) const;
};

/// Of a burst of questions the one whose answer says most: it was given within the shortest round trip. Not
/// of an empty burst.
ClockReading best_of(std::span<const ClockReading> burst);

/// Through the first and the last of these readings, which are in the order of time. Each may be wrong by
/// half its round trip; those between tell how far the clocks are from running steadily. Not of none.
ClockLine line_through(std::span<const ClockReading> readings);

}  // namespace chatlab::loadgen
