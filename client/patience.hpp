// A deadline for what has none of its own.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

namespace chatlab::client {

/// Gives up at the deadline, unless it is destroyed before.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  Patience(const boost::asio::any_io_executor& executor, Clock::time_point deadline,
           std::function<void()> give_up)
      : timer_(executor, deadline) {
    // The handler may run when this object is gone, and its owner with it.
    timer_.async_wait([give_up = std::move(give_up),
                       waiting = std::weak_ptr<bool>(waiting_)](const boost::system::error_code& cancelled) {
      if (!cancelled && !waiting.expired()) give_up();
    });
  }

 private:
  std::shared_ptr<bool> waiting_ = std::make_shared<bool>();
  boost::asio::steady_timer timer_;
};

}  // namespace chatlab::client
