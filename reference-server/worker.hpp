// One thread of the server: its io_context, its sockets, and its turns. A turn takes all that can be read and
// applies it, and then sends what follows from it, once for each client. It owns the sessions.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_set>
#include <vector>

#include "reference-server/session.hpp"

namespace chatlab::server {

class Worker {
 public:
  /// `shared` outlives the worker.
  explicit Worker(Shared& shared);

  /// For sockets that adopt() is to get, and for whatever else this thread shall do.
  asio::io_context& io_context() { return io_context_; }

  /// A newly accepted socket; `tls` null: plain. May be called from any thread.
  void adopt(tcp::socket socket, std::shared_ptr<SSL_CTX> tls);

  /// Serves until stop() and until the last session has ended after it.
  void run();

  /// Closes every socket with 1001. May be called from any thread, more than once.
  void stop();

 private:
  struct Served {
    Served(Transport transport, Shared& shared, Feed& feed) : session(std::move(transport), shared, feed) {}

    Session session;
    bool is_listed = false;  // among subscribers_
    bool waits_to_write = false;
  };
  using Client = std::shared_ptr<Served>;  // shared with what waits for its socket

  void take_turn();
  void send();
  void send_broadcasts();
  void write(const Client& client);
  void read(const Client& client);
  void wait_to_read(const Client& client);
  void wait_to_write(const Client& client);
  void tick();

  Shared& shared_;
  asio::io_context io_context_{1};
  asio::steady_timer timer_{io_context_};
  asio::steady_timer::duration tick_;
  Feed& feed_;
  std::unordered_set<Client> clients_;
  std::vector<Client> subscribers_;  // who receive broadcasts, and some who did until a moment ago
  std::vector<Client> touched_;      // in this turn: they may have something to send
  std::vector<Client> read_;         // in this turn: they wait to be read again
  Position sent_ = 0;                // everybody has been offered what stands before it
  std::size_t queued_bytes_ = 0;     // as it was last counted
  std::vector<char> buffer_ = std::vector<char>(limits::read_bytes);
  bool stopping_ = false;
};

}  // namespace chatlab::server
