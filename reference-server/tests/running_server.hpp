// The whole server on a free port of loopback, in a thread of its own. Destruction stops it; a server that
// does not stop is reported and ends the test program, because nothing else could end the thread.
#pragma once

#include <spdlog/logger.h>

#include <future>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "reference-server/server.hpp"
#include "reference-server/tests/tcp_line.hpp"

namespace chatlab::server::test {

class RunningServer {
 public:
  enum Signals { ignores_signals, stops_on_signals };

  explicit RunningServer(Signals signals = ignores_signals) : RunningServer(on_a_free_port(), signals) {}
  explicit RunningServer(Settings settings, Signals signals = ignores_signals);
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;

  /// The server's defaults but for the port.
  static Settings on_a_free_port();

  /// 127.0.0.1 and the port.
  const tcp::endpoint& endpoint() const { return endpoints_.front(); }
  const std::vector<tcp::endpoint>& endpoints() const { return endpoints_; }

  /// Asks it to stop; returns at once.
  void stop() { server_.stop(); }

  /// Stops it, waits for run() to return, and gives what it has logged, a line each.
  std::string log_after_stop();

 private:
  void join();

  std::ostringstream log_text_;
  spdlog::logger log_;
  Server server_;
  std::vector<tcp::endpoint> endpoints_;
  std::future<void> returned_;
  std::thread thread_;
};

}  // namespace chatlab::server::test
