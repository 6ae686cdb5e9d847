// The listening server: it owns the room, the threads and the acceptors, hands every socket to one of the
// threads, and stops them all gracefully.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <vector>

#include "reference-server/cluster/membership.hpp"
#include "reference-server/listening.hpp"
#include "reference-server/worker.hpp"

namespace chatlab::server {

class Server {
 public:
  /// `log` outlives the server.
  Server(Settings settings, spdlog::logger& log);

  /// Loads the certificate, where there is one, binds, listens, and joins the cluster, where there is one.
  /// Returns the addresses, IPv4 first.
  boost::system::result<std::vector<tcp::endpoint>, ListenError> listen();

  /// From now on SIGINT and SIGTERM stop the server, and SIGHUP loads the certificate again.
  void handle_signals();

  /// Serves until stop(), in this thread and Settings::threads - 1 others. Call listen() before.
  void run();

  /// Closes every socket with 1001; run() returns when they have ended, Settings::drain_timeout later at the
  /// most. May be called from any thread, more than once.
  void stop();

 private:
  void wait_for_signal();
  asio::awaitable<void> accept(tcp::acceptor& acceptor);
  Worker& next_worker();
  std::optional<ListenError> join_cluster();

  Settings settings_;
  spdlog::logger& log_;
  Metrics metrics_;
  std::uint64_t process_;  // tells processes that have one node's name apart
  std::unique_ptr<Order> order_;
  Shared shared_;
  std::shared_ptr<SSL_CTX> tls_;  // null: plain
  std::vector<std::unique_ptr<Worker>> workers_;
  asio::io_context& io_context_;  // the first worker's, where sockets are accepted and signals come in
  std::vector<tcp::acceptor> acceptors_;
  asio::signal_set signals_{io_context_};
  std::unique_ptr<cluster::Membership> membership_;  // null: alone
  std::size_t accepted_ = 0;
  bool stopping_ = false;
};

}  // namespace chatlab::server
