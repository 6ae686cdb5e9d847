// Tells the one who waits that something has happened: clients announce, the script waits until what it hopes
// for is there or time is up. One waiter at a time.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <ctime>

namespace chatlab::conformance {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

class Change {
 public:
  explicit Change(const asio::any_io_executor& executor) : timer_(executor) {}

  void announce() { timer_.cancel(); }

  /// Returns true as soon as `condition()` holds, false at the deadline. Where the machine has kept this
  /// program from running meanwhile, the deadline is put off by as much: a server beside it has most likely
  /// not run either, and must not be blamed for that.
  template <class Condition>
  asio::awaitable<bool> wait_until(Condition condition, Clock::time_point deadline) {
    while (!condition()) {
      if (Clock::now() >= deadline) co_return false;
      const auto busy = busy_time();
      const auto wake = std::min(deadline, Clock::now() + heartbeat);
      timer_.expires_at(wake);
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      const auto kept_from_running = Clock::now() - wake - (busy_time() - busy);
      if (kept_from_running > usual_lateness && deadline != Clock::time_point::max()) {
        deadline += kept_from_running;
      }
    }
    co_return true;
  }

 private:
  static constexpr std::chrono::milliseconds heartbeat{100};
  static constexpr std::chrono::milliseconds usual_lateness{20};

  /// The CPU time of this thread. What a flood of messages costs is no excuse for the server that sends it.
  static std::chrono::nanoseconds busy_time() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  }

  asio::steady_timer timer_;
};

}  // namespace chatlab::conformance
