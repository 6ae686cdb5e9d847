// Until when a server is waited for. Where the machine keeps this program from running, it is put off by as
// much: a server beside it has most likely not run either, and must not be blamed for that. It sleeps
// nowhere.
#pragma once

#include <chrono>
#include <ctime>

namespace chatlab::conformance {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// A moment of this thread.
  struct Moment {
    Clock::time_point at;
    std::chrono::nanoseconds busy;  ///< CPU time that it had used by then

    static Moment now() {
      timespec used{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
      return {Clock::now(), std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec)};
    }
  };

  /// `usual_lateness`: of a sleep, where nothing is wrong. A deadline of Clock::time_point::max() never
  /// comes.
  Deadline(Clock::time_point at, Clock::duration usual_lateness) : at_(at), usual_lateness_(usual_lateness) {}

  Clock::time_point at() const { return at_; }
  bool is_over(Clock::time_point now) const { return now >= at_; }

  /// To be told of every sleep: when it began, when it was to end, and when the thread went on. What the
  /// thread computed meanwhile is no excuse: a flood of messages is the doing of the server that sends it.
  void slept(const Moment& from, Clock::time_point until, const Moment& woke) {
    const auto kept_from_running = woke.at - until - (woke.busy - from.busy);
    if (at_ != Clock::time_point::max() && kept_from_running > usual_lateness_) at_ += kept_from_running;
  }

 private:
  Clock::time_point at_;
  Clock::duration usual_lateness_;
};

}  // namespace chatlab::conformance
