// The other end of the connection under test: a server for one connection, that does what a test's script
// says, right or wrong, byte by byte. Its WebSocket is written out here, so that nothing is judged by the
// library that it was written with.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>

#include "client/tests/event_loop.hpp"
#include "client/url.hpp"

namespace chatlab::client::test {

using asio::ip::tcp;

/// A frame as the client has sent it.
struct ClientFrame {
  int opcode = 0;
  bool is_final = false;
  bool is_masked = false;
  std::string payload;
};

/// The answer of RFC 6455, section 4.2.2, to a client's request.
std::string upgrade_answer(const std::string& request_head);

/// A frame as servers send it, not masked. `first_byte`: FIN, reserved bits and opcode.
std::string server_frame(int first_byte, std::string_view payload);

/// One accepted connection, as a script sees it.
class Peer {
 public:
  explicit Peer(tcp::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<std::string> read_head();
  asio::awaitable<void> upgrade();
  asio::awaitable<void> write(std::string bytes);
  asio::awaitable<ClientFrame> read_frame();

  /// Reads until the connection ends; says how: "end" or "reset".
  asio::awaitable<std::string> wait_for_end();

  /// Drops the line.
  void reset();
  void close() { socket_.close(); }

  tcp::socket& socket() { return socket_; }

 private:
  asio::awaitable<std::string> read(std::size_t size_bytes);

  tcp::socket socket_;
  std::string unread_;
};

/// Listens on a free port of 127.0.0.1 and plays its script to the first client. The connection ends with the
/// script.
class PeerServer {
 public:
  using Script = std::function<asio::awaitable<void>(Peer&)>;

  PeerServer(EventLoop& loop, Script script);

  /// ws://127.0.0.1 with the port.
  Url url() const;

  /// The same with TLS, under a name of this machine.
  Url secure_url(std::string host) const;

  /// Waits for the end of the script.
  void finish() {
    loop_.run_until([this] { return finished_; });
  }

 private:
  asio::awaitable<void> serve();

  EventLoop& loop_;
  Script script_;
  tcp::acceptor acceptor_;
  bool finished_ = false;
};

}  // namespace chatlab::client::test
