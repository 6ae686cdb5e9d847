// Runs one check: lets its clients in, carries its script out step by step, waits where it says so, and
// returns the record. It judges nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "conformance/fencing.hpp"
#include "conformance/ownership.hpp"
#include "conformance/record.hpp"
#include "conformance/scene.hpp"
#include "conformance/windows.hpp"

namespace chatlab::conformance {

class Stage {
 public:
  /// `launched`: the server, where this program has started it; else null.
  Stage(const asio::any_io_executor& executor, Plan plan, client::Access access, Capabilities capabilities,
        Ownership ownership, std::chrono::milliseconds timeout, const client::LaunchedServer* launched);

  /// Runs the check from the first connection to the last goodbye. Once.
  asio::awaitable<Record> perform();

 private:
  // True: go on. False: the script ends here, and record_ says why or a wait was in vain.
  asio::awaitable<bool> perform_step(const Step& step);
  asio::awaitable<bool> send(const Send& send);
  asio::awaitable<bool> ping(std::string client);
  asio::awaitable<bool> close(Close close);
  asio::awaitable<bool> server_logs(std::vector<std::string> texts);
  asio::awaitable<bool> receive(const Receive& receive, Clock::time_point deadline);
  asio::awaitable<void> wait_for(std::function<bool()> over, std::vector<std::string> clients,
                                 Clock::time_point deadline);
  asio::awaitable<bool> repeat(const Repeat& repeat);

  bool goes_on(std::optional<Problem> problem);

  Ownership ownership_;
  Record record_;
  Scene scene_;
  Windows windows_;
  Fencing fencing_;
};

}  // namespace chatlab::conformance
