// How long deliveries took, as a whole and by the intervals in which they arrived. No clock: moments come in,
// in the order of time.
#pragma once

#include <vector>

#include "loadgen/histogram_log.hpp"
#include "loadgen/moment.hpp"

namespace chatlab::loadgen {

class DeliveryTimes {
 public:
  DeliveryTimes() = default;
  /// Intervals are one `step` long; the first begins at `begin`.
  DeliveryTimes(Moment begin, std::chrono::nanoseconds step)
      : begin_(begin), interval_end_(begin + step), step_(step) {}

  /// Both times of what arrived at `at`: since it was due, and since it was written.
  void record(std::chrono::nanoseconds delivery, std::chrono::nanoseconds raw, Moment at) {
    if (at >= interval_end_) close_interval(at);
    interval_.record(delivery);
    raw_.record(raw);
  }

  /// No more of them: closes the last interval.
  void finish(Moment at) { close_interval(at); }

  const Histogram& delivery() const { return delivery_; }  ///< of finished intervals
  const Histogram& raw() const { return raw_; }
  const std::vector<Interval>& intervals() const { return intervals_; }
  /// For the live line: of the interval that is not finished too.
  Histogram delivery_so_far() const;

 private:
  void close_interval(Moment end);

  Moment begin_{}, interval_end_ = Moment::max();
  std::chrono::nanoseconds step_{};
  Histogram interval_, delivery_, raw_;
  std::vector<Interval> intervals_;
};

}  // namespace chatlab::loadgen
