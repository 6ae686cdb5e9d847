#include "loadgen/clock_line.hpp"

#include <algorithm>
#include <cmath>

namespace chatlab::loadgen {
namespace {

Moment middle(const ClockReading& reading) {
  return reading.asked + reading.round_trip() / 2;
}

std::chrono::nanoseconds offset(const ClockReading& reading) {
  return reading.answered - middle(reading);
}

std::chrono::nanoseconds scaled(std::chrono::nanoseconds time, double by) {
  return std::chrono::nanoseconds(std::llround(static_cast<double>(time.count()) * by));
}

}  // namespace

Moment ClockLine::theirs(Moment ours) const {
  return ours + offset + scaled(ours - at, drift);
}

Moment ClockLine::ours(Moment theirs) const {
  return at + scaled(theirs - offset - at, 1 / (1 + drift));
}

ClockReading best_of(std::span<const ClockReading> burst) {
  return *std::ranges::min_element(burst, {}, &ClockReading::round_trip);
}

ClockLine line_through(std::span<const ClockReading> readings) {
  const auto& first = readings.front();
  const auto& last = readings.back();
  ClockLine line{middle(first), offset(first), 0, {}};
  if (middle(last) > middle(first))
    line.drift = in_seconds(offset(last) - offset(first)) / in_seconds(middle(last) - middle(first));
  for (const auto& reading : readings) {
    const auto beside = std::chrono::abs(reading.answered - line.theirs(middle(reading)));
    line.error = std::max(line.error, beside + (reading.round_trip() + std::chrono::nanoseconds(1)) / 2);
  }
  return line;
}

}  // namespace chatlab::loadgen
