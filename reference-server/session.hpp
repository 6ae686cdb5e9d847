// One socket's life: an HTTP exchange for the page, or the upgrade and then the read loop, and the farewell.
// It owns its stream; the room is shared with all other sessions of the server.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

#include "reference-server/outbox.hpp"
#include "reference-server/page.hpp"
#include "reference-server/room.hpp"

namespace chatlab::server {

class Session {
 public:
  /// `room` and `log` outlive the session.
  Session(tcp::socket socket, Room& room, spdlog::logger& log);
  Session(const Session&) = delete;

  /// From the first byte to the last. The session may be destroyed when it returns.
  asio::awaitable<void> run();

  /// The server is going away: closes with 1001. run() ends soon after.
  void go_away();

 private:
  using Stream = boost::beast::websocket::stream<Outbox, /*deflate*/ false>;

  asio::awaitable<void> converse();
  asio::awaitable<std::optional<HttpRequest>> serve_page_until_upgrade();
  asio::awaitable<void> chat(HttpRequest upgrade);
  void receive();
  void carry_out(const Outcome& outcome);
  asio::awaitable<void> say_farewell();
  asio::awaitable<void> keep_deadline();
  void set_deadline(asio::steady_timer::duration from_now);

  Outbox& outbox() { return stream_.next_layer(); }

  Room& room_;
  spdlog::logger& log_;
  Stream stream_;
  boost::beast::flat_buffer buffer_;
  asio::steady_timer deadline_;
  bool over_ = false;
};

}  // namespace chatlab::server
