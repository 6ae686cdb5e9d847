#include "client/transport.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace chatlab::client {

void Transport::read_some(ReadBuffers buffers, Erased handler) {
  std::visit([&](auto& stream) { stream.async_read_some(buffers, std::move(handler)); }, stream_);
}

void Transport::write_some(WriteBuffers buffers, Erased handler) {
  // A peer that closes while something is under way to it resets TCP, and a failed write would make Beast
  // give up before it has read what came before that: a close frame, with its code. So the reader is left to
  // find out that the peer is gone. The socket is not written to again: Asio would wait for it to become
  // writable, of which epoll has told it for the last time.
  const auto size_bytes = asio::buffer_size(buffers);
  if (is_gone_) {
    asio::post(get_executor(), [size_bytes, handler = std::move(handler)] { handler({}, size_bytes); });
    return;
  }
  auto unless_gone = [this, size_bytes, handler = std::move(handler)](error_code failed,
                                                                      std::size_t written_bytes) {
    is_gone_ = failed == asio::error::connection_reset || failed == asio::error::broken_pipe;
    is_gone_ ? handler({}, size_bytes) : handler(failed, written_bytes);
  };
  std::visit([&](auto& stream) { stream.async_write_some(buffers, std::move(unless_gone)); }, stream_);
}

void Transport::tear_down(std::function<void(error_code)> handler) {
  using beast::websocket::async_teardown;
  constexpr auto role = beast::role_type::client;
  until_torn_down_.emplace(get_executor(), std::chrono::steady_clock::now() + teardown,
                           [this] { next_layer().close(); });
  // The WebSocket is closed already and its close code known; a peer that has dropped TCP by now changes
  // neither.
  auto regardless = [handler = std::move(handler)](error_code) { handler({}); };
  std::visit([&](auto& stream) { async_teardown(role, stream, std::move(regardless)); }, stream_);
}

}  // namespace chatlab::client
