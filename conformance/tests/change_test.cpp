#include "conformance/change.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <thread>

namespace chatlab::conformance {
namespace {

using namespace std::chrono_literals;

/// Waits for `came`, with this much patience, on an io_context of its own.
class Waiting {
 public:
  explicit Waiting(Clock::duration patience) {
    asio::co_spawn(io_context_, wait(patience), [](const std::exception_ptr& failure) {
      if (failure) std::rethrow_exception(failure);
    });
    while (!asked_) io_context_.run_one();
  }

  /// What is waited for comes, but not before the waiter has seen how late it is.
  void come() {
    soon_.expires_after(1ms);
    soon_.async_wait([this](const boost::system::error_code&) {
      came_ = true;
      change_.announce();
    });
  }

  bool outcome() {
    io_context_.run();
    return outcome_.value();
  }

 private:
  asio::awaitable<void> wait(Clock::duration patience) {
    outcome_ = co_await change_.wait_until(
        [this] {
          asked_ = true;
          return came_;
        },
        Clock::now() + patience);
  }

  asio::io_context io_context_;
  asio::steady_timer soon_{io_context_};
  Change change_{io_context_.get_executor()};
  bool asked_ = false, came_ = false;
  std::optional<bool> outcome_;
};

TEST(Change, IsSeenWhenItIsAnnounced) {
  Waiting waiting(1h);
  waiting.come();
  EXPECT_TRUE(waiting.outcome());
}

TEST(Change, IsNotWaitedForAfterTheDeadline) {
  Waiting waiting(1ms);
  EXPECT_FALSE(waiting.outcome());
}

TEST(Change, IsWaitedForLongerWhereTheMachineStoodStill) {
  Waiting waiting(400ms);
  std::this_thread::sleep_for(500ms);  // as where the machine gives this program no CPU
  waiting.come();
  EXPECT_TRUE(waiting.outcome());
}

TEST(Change, IsNotWaitedForLongerWhereThisProgramWasBusy) {
  Waiting waiting(400ms);
  const auto cpu_ms = [] {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1'000'000;
  };
  for (const auto until = cpu_ms() + 500; cpu_ms() < until;) continue;
  waiting.come();
  EXPECT_FALSE(waiting.outcome());
}

}  // namespace
}  // namespace chatlab::conformance
