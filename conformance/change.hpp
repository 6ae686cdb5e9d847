// Tells the one who waits that something has happened: clients announce, the script waits until what it hopes
// for is there or time is up. One waiter at a time.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace chatlab::conformance {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

class Change {
 public:
  explicit Change(const asio::any_io_executor& executor) : timer_(executor) {}

  void announce() { timer_.cancel(); }

  /// Returns true as soon as `condition()` holds, false at the deadline.
  template <class Condition>
  asio::awaitable<bool> wait_until(Condition condition, Clock::time_point deadline) {
    while (!condition()) {
      if (Clock::now() >= deadline) co_return false;
      timer_.expires_at(deadline);
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return true;
  }

 private:
  asio::steady_timer timer_;
};

}  // namespace chatlab::conformance
