// Histograms as HdrHistogram's own tools read them: .hgrm, the percentile distribution as text, and .hlog, a
// log of one histogram per interval. Values out of range, which they cannot hold, are told in comment lines.
// Text in memory only; nothing is opened or written here.
#pragma once

#include <string>
#include <vector>

#include "loadgen/histogram.hpp"

namespace chatlab::loadgen {

/// Values in milliseconds, as the plotter of HdrHistogram expects them.
std::string percentile_distribution(const Histogram& histogram);

/// The counters that are not 0: how an interval is kept. Sorted by index.
struct Interval {
  std::chrono::nanoseconds begin{};  ///< since the measurement began
  std::chrono::nanoseconds length{};
  std::uint64_t under_range = 0, over_range = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;  ///< counter, count

  static Interval of(const Histogram& histogram, std::chrono::nanoseconds begin,
                     std::chrono::nanoseconds length);
  void add_to(Histogram& histogram) const;
};

/// Values in microseconds; the comment lines are at the head, for all intervals together. `started_s`: when
/// the measurement began, in seconds since 1970.
std::string histogram_log(const std::vector<Interval>& intervals, double started_s);

}  // namespace chatlab::loadgen
