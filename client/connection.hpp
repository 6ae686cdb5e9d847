// One WebSocket client: opens, sends, receives, closes, or drops the line. It owns its socket; one reader and
// one writer at a time may use it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "client/access.hpp"
#include "client/transport.hpp"

namespace chatlab::client {

using Clock = std::chrono::steady_clock;

/// A whole message, put together from its fragments.
struct Received {
  std::string payload;
  bool is_text = true;   ///< false: a binary message
  Clock::time_point at;  ///< when its last byte had been read
};

/// How a message goes out: in one frame, as text or as binary, or as text in several fragments.
enum class Form { text, binary, fragments };

class Connection {
 public:
  /// Longest message that is taken. A longer one ends the connection.
  static constexpr std::size_t message_bytes = 16 << 20;

  /// How long a close handshake may take before the socket is simply closed.
  static constexpr std::chrono::seconds close_handshake{1};

  /// Resolves, connects, does TLS with the certificate and the host name verified as `access` says, and
  /// upgrades to WebSocket; all of it by `deadline`, but for the resolving, which the system's resolver
  /// bounds.
  static asio::awaitable<boost::system::result<std::unique_ptr<Connection>, Failure>> open(
      Access access, Clock::time_point deadline);

  /// Sends one message. An error says that the connection is gone; receive() says why. A peer that has
  /// not taken all of it by `deadline` is given up: the line is dropped, as by reset().
  asio::awaitable<error_code> send(std::string payload, Clock::time_point deadline, Form form = Form::text);

  /// Sends a ping, of up to 125 bytes. As send(); the answer comes to on_pong while receive() waits.
  asio::awaitable<error_code> ping(std::string payload, Clock::time_point deadline);
  /// Empty: nobody waits for one any more. To be taken back before close(): while there is somebody to tell
  /// of control frames, Beast 1.81 may lock up in the close handshake, and close() then takes its full time.
  void on_pong(const std::function<void(std::string)>& handler);

  /// Waits for the next message; a failure says how the connection ended. Pings are answered meanwhile. It
  /// waits as long as the connection lives: close() or reset() end it.
  asio::awaitable<boost::system::result<Received, Failure>> receive();

  /// Closes with the close handshake (code 1000), bounded by close_handshake. An error says that the peer did
  /// not answer with a close frame.
  asio::awaitable<error_code> close();

  /// Asks the kernel to keep little of what is not read, so that a client that stops reading is soon felt.
  void keep_little();

  /// Drops the line: TCP is reset, the peer gets no close frame.
  void reset();

 private:
  using Stream = beast::websocket::stream<Transport>;

  explicit Connection(const asio::any_io_executor& executor) : stream_(executor) {}
  asio::awaitable<boost::system::result<void, Failure>> connect(Url url, Clock::time_point deadline);
  asio::awaitable<boost::system::result<void, Failure>> secure(Access access);
  asio::awaitable<boost::system::result<void, Failure>> upgrade(Access access);
  asio::awaitable<error_code> write_fragments(std::string payload);
  Failure ended(const error_code& why) const;

  void give_up();

  Stream stream_;
  beast::flat_buffer buffer_;
  asio::cancellation_signal stop_reading_;
  bool gave_up_ = false;  // a message was not taken in time
};

}  // namespace chatlab::client
