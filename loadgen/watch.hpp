// What one thread sees of its own health while it measures: CPU, waiting for a core, the turns of its event
// loop, and bytes that lie unread in its sockets.
#pragma once

#include "loadgen/histogram.hpp"
#include "loadgen/usage.hpp"

namespace chatlab::loadgen {

class Watch {
 public:
  void begin(Moment at);  ///< the measurement begins
  void end(Moment at);    ///< it has ended; later calls change nothing
  bool is_running() const { return running_; }

  void turn(std::chrono::nanoseconds length) {
    if (running_) turns_.record(length);
  }
  /// Bytes found unread in `sampled` of this thread's `sockets` sockets.
  void unread(std::size_t bytes, std::size_t sampled, std::size_t sockets);

  const Histogram& turns() const { return turns_; }
  double cpu_share() const { return share(used_.cpu); }
  double waiting_share() const { return share(used_.waiting); }
  std::chrono::nanoseconds cpu() const { return used_.cpu; }
  /// In all sockets together, on average.
  double unread_bytes() const { return samples_ ? unread_sum_bytes_ / static_cast<double>(samples_) : 0; }

 private:
  double share(std::chrono::nanoseconds part) const;

  bool running_ = false;
  Moment begin_{}, end_{};
  ThreadUsage used_;
  Histogram turns_;
  double unread_sum_bytes_ = 0;
  std::size_t samples_ = 0;
};

}  // namespace chatlab::loadgen
