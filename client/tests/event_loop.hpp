// The one io_context of a test, on which the client and its peer take turns. Every wait is bounded: what does
// not happen within `patience` is thrown as an error, which fails the test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace chatlab::client::test {

namespace asio = boost::asio;

/// How long a test waits for what must happen. Generous: it is only ever reached by code that is wrong.
inline constexpr std::chrono::seconds patience{10};

class EventLoop {
 public:
  asio::io_context& context() { return context_; }

  /// Starts a coroutine beside what the test waits for. What it throws comes out of the next wait.
  void start(asio::awaitable<void> coroutine) {
    asio::co_spawn(context_, std::move(coroutine), [](const std::exception_ptr& failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }

  void run_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      context_.restart();
      if (context_.run_one_until(deadline) == 0) throw std::runtime_error("waited in vain");
    }
  }

  /// Runs a coroutine to its end, and gives what it returns.
  template <class Result>
  Result run(asio::awaitable<Result> coroutine) {
    std::optional<Result> result;
    start(keep(std::move(coroutine), result));
    run_until([&] { return result.has_value(); });
    return std::move(*result);
  }
  void run(asio::awaitable<void> coroutine) { run(with_result(std::move(coroutine))); }

 private:
  struct Nothing {};

  template <class Result>
  static asio::awaitable<void> keep(asio::awaitable<Result> coroutine, std::optional<Result>& result) {
    result.emplace(co_await std::move(coroutine));
  }
  static asio::awaitable<Nothing> with_result(asio::awaitable<void> coroutine) {
    co_await std::move(coroutine);
    co_return Nothing();
  }

  asio::io_context context_;
};

}  // namespace chatlab::client::test
