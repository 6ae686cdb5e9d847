// Runs one check: sets its clients up, carries its script out step by step, waits where it says so, and
// returns the record. It judges nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <set>

#include "conformance/capabilities.hpp"
#include "conformance/crew.hpp"
#include "conformance/ownership.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

class Stage {
 public:
  /// How long nothing may come where no marker can prove that nothing more will.
  static constexpr std::chrono::milliseconds quiet_window{500};

  Stage(const asio::any_io_executor& executor, Plan plan, client::Url url, Capabilities capabilities,
        Ownership ownership, std::chrono::milliseconds timeout);

  /// Runs the check from the first connection to the last goodbye. Once.
  asio::awaitable<Record> perform();

 private:
  // True: go on. False: the script ends here, and record_ says why or a wait was in vain.
  asio::awaitable<bool> set_up();
  asio::awaitable<bool> confirm_login(std::string client);
  asio::awaitable<bool> confirm_through_others();
  asio::awaitable<bool> perform_step(const Step& step);
  asio::awaitable<bool> connect(std::string client);
  asio::awaitable<bool> send(const Send& send);
  asio::awaitable<bool> receive(const Receive& receive, Clock::time_point deadline);
  asio::awaitable<bool> repeat(const Repeat& repeat);
  asio::awaitable<bool> fence(Fence fence);
  asio::awaitable<bool> fence_by_chat(std::string client, std::vector<std::string> observers);
  asio::awaitable<bool> fence_by_login(std::set<std::string> open);
  asio::awaitable<void> fence_by_silence(std::set<std::string> open);
  asio::awaitable<bool> await_marker(std::string marker, std::set<std::string> by);

  bool has_all(const std::string& client, const std::vector<Json>& patterns);
  std::size_t marker_position(const std::string& client, const std::string& marker);
  void begin_segment(std::size_t first_step);
  void end_segment(std::size_t end_step);
  bool stop(Problem::Kind kind, const std::string& client);
  Clock::time_point deadline() const { return Clock::now() + timeout_; }

  client::Url url_;
  Capabilities capabilities_;
  Ownership ownership_;
  std::chrono::milliseconds timeout_;
  Crew crew_;
  Record record_;
  Segment segment_;  // the one that is open

  // Where the last fence closed a client's window, and where the next one begins: the marker is in neither.
  struct Boundary {
    std::size_t end = 0;
    std::size_t next_begin = 0;
  };
  std::map<std::string, Boundary> fenced_;
};

}  // namespace chatlab::conformance
