// One socket and everything that leaves through it. Broadcasts, Beast's own control frames and HTTP answers
// all join one queue of shared frames, so that no two writers can ever split each other's frames; write_all()
// is the only one that writes. It owns the socket and the queue, bounded by limits::outbox_bytes.
//
// Beast uses it as the stream under websocket::stream: reads go straight to the socket, writes join the
// queue.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <deque>

#include "reference-server/room.hpp"

namespace chatlab::server {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class Outbox : public Recipient {
 public:
  using executor_type = asio::any_io_executor;

  explicit Outbox(tcp::socket socket);

  /// Queues a frame. Past the byte bound the client counts as too slow: the frame is dropped, and so is the
  /// connection.
  void push(const Frame& frame) override;

  /// Writes what is queued, in order, until finish() has been called and all has left, or until the socket
  /// fails. Run once, beside the reader.
  asio::awaitable<void> write_all();

  /// Nothing more will be queued; write_all() ends when the queue is empty.
  void finish();

  /// Gives the connection up at once: reads and writes in flight fail, what is queued is lost.
  void abandon();

  /// True once the client did not take its frames as fast as they came and was given up for that.
  bool overflowed() const { return overflowed_; }

  tcp::socket& socket() { return socket_; }

  // What Beast and Asio ask of a stream.
  executor_type get_executor() { return socket_.get_executor(); }
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return socket_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Frame& bytes) {
          push_from_beast(bytes);
          // Queued is written, as far as Beast is concerned; a failure shows in the reads.
          asio::post(get_executor(),
                     boost::beast::bind_front_handler(std::move(handler), error_code{}, bytes->size()));
        },
        token, std::make_shared<const std::string>(asio::buffers_begin(buffers), asio::buffers_end(buffers)));
  }

 private:
  void push_from_beast(const Frame& bytes);

  tcp::socket socket_;
  std::deque<Frame> queue_;
  std::size_t queued_bytes_ = 0;
  asio::steady_timer pushed_;  // never expires; cancelled to say that there is something to do
  bool finished_ = false;      // nothing more is taken
  bool overflowed_ = false;
};

// Beast's customisation points. The session itself says when the socket ends, after the queue has left.
template <class Handler>
void async_teardown(boost::beast::role_type, Outbox& outbox, Handler&& handler) {
  asio::post(outbox.get_executor(),
             boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}
inline void beast_close_socket(Outbox& outbox) {
  outbox.abandon();
}

}  // namespace chatlab::server
