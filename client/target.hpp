// A server that is started for a test: a command, run on a free port of this machine, and stopped with
// everything that it started. It owns the process and the port's reservation.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "client/port_reservation.hpp"
#include "client/process.hpp"
#include "client/url.hpp"

namespace chatlab::client {

/// What to start, and where.
struct Launch {
  std::string command;                       ///< for /bin/sh; "{port}" stands for the port
  std::string directory;                     ///< working directory; empty: this process's own
  std::chrono::milliseconds startup{10000};  ///< time until it must accept connections
};

class LaunchedServer {
 public:
  /// Starts the command with PORT and WS_PORT set to a free port and waits until that port accepts. A failure
  /// carries the exit status and the last lines of output.
  static boost::system::result<std::unique_ptr<LaunchedServer>, Failure> start(Launch launch);

  const Url& url() const { return url_; }

 private:
  LaunchedServer() = default;
  boost::system::result<void, Failure> wait_until_it_accepts(const Launch& launch);
  Failure did_not_start(std::string_view how) const;

  std::unique_ptr<PortReservation> port_;
  std::unique_ptr<Process> process_;
  Url url_;
};

}  // namespace chatlab::client
