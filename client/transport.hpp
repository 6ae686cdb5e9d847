// The byte stream under a WebSocket: TCP, or TLS over TCP, behind one type, so that everything above it is
// compiled once. Owned by one connection.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "client/patience.hpp"

namespace chatlab::client {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

class Transport {
 public:
  /// How long the peer may take to close TCP where the WebSocket is closed already.
  static constexpr std::chrono::seconds teardown{1};

  using Plain = beast::tcp_stream;
  using Secure = beast::ssl_stream<beast::tcp_stream>;
  using executor_type = Plain::executor_type;

  explicit Transport(const asio::any_io_executor& executor) : stream_(std::in_place_type<Plain>, executor) {}

  /// From here on the bytes go through TLS. The handshake is the caller's.
  Secure& make_secure(asio::ssl::context& context) {
    auto plain = std::move(std::get<Plain>(stream_));
    return stream_.emplace<Secure>(std::move(plain), context);
  }

  // What Beast asks of a stream; it finds the socket and its timeouts through next_layer().
  Plain& next_layer() {
    if (auto* secure = std::get_if<Secure>(&stream_)) return secure->next_layer();
    return std::get<Plain>(stream_);
  }
  const Plain& next_layer() const { return const_cast<Transport*>(this)->next_layer(); }
  executor_type get_executor() { return next_layer().get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, ReadBuffers into) { read_some(std::move(into), erase(std::move(handler))); },
        token, ReadBuffers(asio::buffer_sequence_begin(buffers), asio::buffer_sequence_end(buffers)));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, WriteBuffers from) { write_some(std::move(from), erase(std::move(handler))); },
        token, WriteBuffers(asio::buffer_sequence_begin(buffers), asio::buffer_sequence_end(buffers)));
  }

  template <class Handler>
  friend void async_teardown(beast::role_type, Transport& transport, Handler&& handler) {
    transport.tear_down(
        [erased = erase(std::forward<Handler>(handler))](error_code failed) { erased(failed, 0); });
  }

 private:
  // Handlers are erased to one type, so that TLS is compiled once, in transport.cpp, and not again for every
  // operation that Beast composes. All of it runs on one executor, so nothing else of the handler is needed.
  using Erased = std::function<void(error_code, std::size_t)>;
  using ReadBuffers = std::vector<asio::mutable_buffer>;
  using WriteBuffers = std::vector<asio::const_buffer>;

  template <class Handler>
  static Erased erase(Handler handler) {
    auto shared = std::make_shared<Handler>(std::move(handler));  // std::function must be copyable
    return [shared](error_code failed, [[maybe_unused]] std::size_t size_bytes) {
      if constexpr (std::is_invocable_v<Handler, error_code, std::size_t>) {
        std::move (*shared)(failed, size_bytes);
      } else {
        std::move (*shared)(failed);
      }
    };
  }

  void read_some(ReadBuffers buffers, Erased handler);
  /// A peer that is gone counts as written to: how it went is for who reads to find out.
  void write_some(WriteBuffers buffers, Erased handler);
  void tear_down(std::function<void(error_code)> handler);

  std::variant<Plain, Secure> stream_;
  bool is_gone_ = false;  // a write has found out that the peer is
  std::optional<Patience> until_torn_down_;
};

}  // namespace chatlab::client
