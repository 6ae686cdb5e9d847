// Tells the one who waits that something has happened: clients announce, the script waits until what it hopes
// for is there or time is up. One waiter at a time.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "conformance/deadline.hpp"

namespace chatlab::conformance {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

class Change {
 public:
  explicit Change(const asio::any_io_executor& executor) : timer_(executor) {}

  void announce() { timer_.cancel(); }

  /// Returns true as soon as `condition()` holds, false at the deadline, which is put off where the machine
  /// keeps this program from running.
  template <class Condition>
  asio::awaitable<bool> wait_until(Condition condition, Clock::time_point at) {
    Deadline deadline(at, usual_lateness);
    while (!condition()) {
      const auto from = Deadline::Moment::now();
      if (deadline.is_over(from.at)) co_return false;
      const auto wake = std::min(deadline.at(), from.at + heartbeat);
      timer_.expires_at(wake);
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      deadline.slept(from, wake, Deadline::Moment::now());
    }
    co_return true;
  }

 private:
  static constexpr std::chrono::milliseconds heartbeat{100};
  static constexpr std::chrono::milliseconds usual_lateness{20};

  asio::steady_timer timer_;
};

}  // namespace chatlab::conformance
