// The listening server: it owns the io_context, the room and the acceptors, starts a session for every socket
// and stops them all gracefully.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "reference-server/session.hpp"

namespace chatlab::server {

/// Where to listen.
struct Settings {
  std::string host;           ///< name or address; empty: loopback, both 127.0.0.1 and ::1
  std::uint16_t port = 8081;  ///< 0: a free one; the same for every address
};

/// Why the server cannot listen, in one line for the user.
struct ListenError {
  std::string text;
};

class Server {
 public:
  /// `log` outlives the server.
  Server(Settings settings, spdlog::logger& log);

  /// Binds and listens. Returns the addresses, IPv4 first.
  boost::system::result<std::vector<tcp::endpoint>, ListenError> listen();

  /// SIGINT and SIGTERM stop the server from now on.
  void stop_on_signals();

  /// Serves until stop(). Call listen() before.
  void run();

  /// Closes every socket with 1001; run() returns when they have ended, twice limits::farewell later at the
  /// most. May be called from any thread, more than once.
  void stop();

 private:
  boost::system::result<std::vector<tcp::endpoint>, ListenError> addresses();
  error_code open(tcp::endpoint endpoint);
  asio::awaitable<void> accept(tcp::acceptor& acceptor);
  asio::awaitable<void> serve(tcp::socket socket);

  Settings settings_;
  spdlog::logger& log_;
  Room room_;
  std::unordered_set<Session*> sessions_;
  asio::io_context io_context_{1};  // below what its coroutines refer to, above what refers to it
  std::vector<tcp::acceptor> acceptors_;
  asio::signal_set signals_{io_context_};
  bool stopping_ = false;
};

}  // namespace chatlab::server
