// A server that is started for a test: a command, run on a free port of this machine, and stopped with
// everything that it started. It owns the process and the port's reservation.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "client/port_reservation.hpp"
#include "client/process.hpp"
#include "client/url.hpp"

namespace chatlab::client {

/// What to start, and where.
struct Launch {
  std::string command;                        ///< for /bin/sh; "{port}" stands for the port
  std::string directory;                      ///< working directory; empty: this process's own
  std::chrono::milliseconds startup{10000};   ///< time until it must accept connections
  std::vector<std::string> port_variables{};  ///< set to the port, beside PORT and WS_PORT
  std::optional<Limits> limits{};             ///< empty: as much as this machine has
  std::string title{};                        ///< what people are told that it is; empty: the command
  std::optional<std::uint16_t> port{};        ///< where nobody else can have it; empty: a free one
};

class LaunchedServer {
 public:
  /// Starts the command with PORT and WS_PORT set to a free port and waits until that port accepts. A failure
  /// carries the exit status and the last lines of output.
  static boost::system::result<std::unique_ptr<LaunchedServer>, Failure> start(Launch launch);

  const Url& url() const { return url_; }

  /// Ends what is left of it and starts the command again, on the same port.
  boost::system::result<void, Failure> restart();

  /// How it ended: "it exited with status 1"; empty while it runs.
  std::optional<std::string> ending() { return process_ ? process_->ending() : "it could not be started"; }

  /// How much it has printed since it was started, and the end of what it has printed from byte `begin` on.
  std::size_t output_bytes() const { return process_ ? process_->output_bytes() : 0; }
  std::string output(std::size_t begin) const {
    return process_ ? process_->output(output_shown_bytes, begin) : "";
  }

 private:
  static constexpr std::size_t output_shown_bytes = 4000;  // some 50 lines: a traceback and what led to it

  explicit LaunchedServer(Launch launch);
  boost::system::result<void, Failure> start_process();
  boost::system::result<void, Failure> wait_until_it_accepts();
  Failure did_not_start(std::string_view how) const;
  std::string listens_elsewhere() const;

  Launch launch_;
  std::unique_ptr<PortReservation> reservation_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
  Url url_;
};

}  // namespace chatlab::client
