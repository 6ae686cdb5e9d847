#include "loadgen/delivery_times.hpp"

#include <algorithm>

namespace chatlab::loadgen {

void DeliveryTimes::close_interval(Moment at) {
  if (step_ == step_.zero()) return;
  const auto length = std::min(step_, at - (interval_end_ - step_));
  if (interval_.count() > 0) {
    intervals_.push_back(Interval::of(interval_, interval_end_ - step_ - begin_, length));
    delivery_.merge(interval_);
    interval_.clear();
  }
  // A step in which nothing arrived has no interval.
  while (interval_end_ <= at) interval_end_ += step_;
}

Histogram DeliveryTimes::delivery_so_far() const {
  Histogram all = delivery_;
  all.merge(interval_);
  return all;
}

}  // namespace chatlab::loadgen
