// When each send is due, decided before anything is sent: a server that is slow cannot slow the schedule
// down. Pure: it knows no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/moment.hpp"

namespace chatlab::loadgen {

enum class Arrivals { constant, poisson };

struct Load {
  Arrivals arrivals = Arrivals::constant;
  double rate_per_s = 0;              ///< broadcasts, of all senders together
  std::chrono::nanoseconds length{};  ///< no send is due at or after this
  std::chrono::nanoseconds ramp{};    ///< the rate grows from 0 to rate_per_s over this time
  std::uint64_t seed = 1;             ///< of poisson arrivals
};

/// How many sends a load has, about: what a preflight may know without making the schedule.
double expected_sends(const Load& load);

class Schedule {
 public:
  Schedule() = default;  ///< no sends
  explicit Schedule(const Load& load);

  std::size_t size() const { return due_.size(); }

  /// When send i is due, since the schedule's start.
  std::chrono::nanoseconds due(std::size_t i) const { return due_[i]; }

  /// The first send that is due at `since_start` or later; size() where there is none.
  std::size_t first_from(std::chrono::nanoseconds since_start) const;

 private:
  std::vector<std::chrono::nanoseconds> due_;
};

}  // namespace chatlab::loadgen
