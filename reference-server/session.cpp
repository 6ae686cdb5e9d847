#include "reference-server/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream_base.hpp>

#include "reference-server/limits.hpp"

namespace chatlab::server {

namespace websocket = boost::beast::websocket;
using namespace asio::experimental::awaitable_operators;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Session::Session(tcp::socket socket, Room& room, spdlog::logger& log)
    : room_(room),
      log_(log),
      stream_(std::move(socket)),
      deadline_(stream_.get_executor(), asio::steady_timer::time_point::max()) {}

asio::awaitable<void> Session::run() {
  const auto talk = [this]() -> asio::awaitable<void> {
    co_await (converse() && outbox().write_all());
    co_await say_farewell();
    over_ = true;
    deadline_.cancel();
  };
  co_await (talk() && keep_deadline());
}

asio::awaitable<void> Session::converse() {
  if (auto upgrade = co_await serve_page_until_upgrade()) co_await chat(std::move(*upgrade));
  set_deadline(limits::farewell);
  outbox().finish();
}

asio::awaitable<std::optional<HttpRequest>> Session::serve_page_until_upgrade() {
  for (;;) {
    set_deadline(limits::http_exchange);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(limits::http_head_bytes);
    const auto [failed, size_bytes] = co_await http::async_read_header(outbox(), buffer_, parser, as_result);
    if (failed) co_return std::nullopt;
    if (websocket::is_upgrade(parser.get())) co_return parser.release();
    auto response = answer_page_request(parser.get());
    if (!parser.is_done()) response.keep_alive(false);  // a body follows that nobody will read
    co_await http::async_write(outbox(), response, as_result);
    if (!response.keep_alive()) co_return std::nullopt;
  }
}

asio::awaitable<void> Session::chat(HttpRequest upgrade) {
  stream_.set_option(websocket::stream_base::timeout::suggested(boost::beast::role_type::server));
  stream_.read_message_max(limits::message_bytes);
  error_code failed;
  co_await stream_.async_accept(upgrade, asio::redirect_error(asio::use_awaitable, failed));
  set_deadline(asio::steady_timer::duration::max());  // from here on Beast's own timeouts and pings watch
  while (!failed) {
    co_await stream_.async_read(buffer_, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) receive();
    buffer_.clear();
  }
  if (outbox().overflowed()) log_.warn("A client was closed: it did not take its messages");
  carry_out(room_.leave(outbox()));  // P7
}

// One message: parsed, applied to the room, queued for its recipients.
void Session::receive() {
  const std::string_view text(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
  const Message message = stream_.got_text() ? parse_message(text)
                                             : Malformed{"The message is a binary frame.",
                                                         "Send JSON in a text frame."};  // P1, P6
  carry_out(room_.apply(outbox(), message));
}

void Session::carry_out(const Outcome& outcome) {
  if (!outcome.log.empty()) log_.info(outcome.log);
  if (outcome.reply) outbox().push(outcome.reply);
  if (!outcome.broadcast) return;
  for (Recipient* recipient : room_.recipients()) recipient->push(outcome.broadcast);  // P4, P11
}

void Session::go_away() {
  if (!stream_.is_open()) return outbox().abandon();
  set_deadline(limits::farewell);
  stream_.async_close(websocket::close_code::going_away, [](error_code) {
    // How it ended makes no difference: the read loop sees the end, and the deadline bounds it.
  });
}

// A socket that is closed while the peer still sends is reset, and a reset destroys what the peer has not yet
// read. So: no more from here, then wait for the peer's end.
asio::awaitable<void> Session::say_farewell() {
  error_code failed;
  outbox().socket().shutdown(tcp::socket::shutdown_send, failed);
  while (!failed) {
    buffer_.clear();
    co_await outbox().socket().async_read_some(buffer_.prepare(4096),
                                               asio::redirect_error(asio::use_awaitable, failed));
  }
}

asio::awaitable<void> Session::keep_deadline() {
  while (!over_) {
    co_await deadline_.async_wait(as_result);
    if (!over_ && deadline_.expiry() <= asio::steady_timer::clock_type::now()) {
      outbox().abandon();
      deadline_.expires_at(asio::steady_timer::time_point::max());
    }
  }
}

void Session::set_deadline(asio::steady_timer::duration from_now) {
  using Clock = asio::steady_timer::clock_type;
  const bool never = from_now == asio::steady_timer::duration::max();
  deadline_.expires_at(never ? Clock::time_point::max() : Clock::now() + from_now);
}

}  // namespace chatlab::server
