#include "loadgen/watch.hpp"

namespace chatlab::loadgen {

void Watch::begin(Moment at) {
  running_ = true;
  begin_ = at;
  used_ = ThreadUsage::now();
}

void Watch::end(Moment at) {
  if (!running_) return;
  running_ = false;
  end_ = at;
  const auto now = ThreadUsage::now();
  used_.cpu = now.cpu - used_.cpu;
  used_.waiting = now.waiting - used_.waiting;
}

void Watch::unread(std::size_t bytes, std::size_t sampled, std::size_t sockets) {
  if (!running_ || sampled == 0) return;
  unread_sum_bytes_ +=
      static_cast<double>(bytes) * static_cast<double>(sockets) / static_cast<double>(sampled);
  ++samples_;
}

double Watch::share(std::chrono::nanoseconds part) const {
  const auto length = end_ - begin_;
  return length.count() > 0 ? in_seconds(part) / in_seconds(length) : 0;
}

}  // namespace chatlab::loadgen
