// A TCP connection to the server under test, byte by byte. Every wait is bounded: what does not happen within
// `patience` is thrown as an error, which fails the test.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace chatlab::server::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// How long a test waits for what must happen. Generous: it is only ever reached by a server that is wrong.
inline constexpr std::chrono::seconds patience{10};

class TcpLine {
 public:
  /// Connects. `receive_buffer_bytes`: how much the kernel takes in for a test that does not read; 0: as
  /// usual.
  explicit TcpLine(const tcp::endpoint& server, int receive_buffer_bytes = 0);

  void write(std::string_view bytes);

  /// Exactly so many bytes; throws where the connection ends before.
  std::string read(std::size_t size_bytes);

  /// All up to and with `end`.
  std::string read_until(std::string_view end);

  /// All that is still to come until the peer has ended the connection, properly or not.
  std::string read_to_end();

  /// One HTTP answer, head and body.
  std::string read_http_answer();

  /// Says that nothing more will be written (FIN); reading goes on.
  void finish_writing() { socket_.shutdown(tcp::socket::shutdown_send); }

  /// Vanishes: the peer gets a reset.
  void reset();

  /// Ends the connection properly.
  void close() { socket_.close(); }

 private:
  using Handler = std::function<void(error_code, std::size_t)>;

  /// Starts an operation and waits for it; returns its error.
  error_code wait_for(std::string_view what, const std::function<void(Handler)>& start);

  std::unique_ptr<asio::io_context> io_context_ = std::make_unique<asio::io_context>();  // stays when moved
  tcp::socket socket_{*io_context_};
  std::string unread_;
};

}  // namespace chatlab::server::test
