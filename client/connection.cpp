#include "client/connection.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "client/patience.hpp"

namespace chatlab::client {

namespace websocket = beast::websocket;
using asio::ip::tcp;
using Done = boost::system::result<void, Failure>;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

namespace {

Failure cannot_connect(const Url& url, const error_code& why) {
  if (why == asio::error::connection_refused) {
    return Failure{
        fmt::format("nothing listens at {}: is the server running, and on that port?", url.text())};
  }
  if (why == beast::error::timeout) {
    return Failure{fmt::format("{} did not take the connection in time", url.text())};
  }
  return Failure{fmt::format("cannot connect to {}: {}", url.text(), why.message())};
}

Failure no_tls(const Url& url, const error_code& why, long verification) {
  if (verification == X509_V_ERR_HOSTNAME_MISMATCH || verification == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return Failure{
        fmt::format("the certificate of {} cannot be trusted: it is not for {}", url.text(), url.host)};
  }
  if (verification != X509_V_OK) {
    return Failure{fmt::format("the certificate of {} cannot be trusted: {}", url.text(),
                               X509_verify_cert_error_string(verification))};
  }
  if (why == beast::error::timeout) {
    return Failure{
        fmt::format("{} took the connection but did not answer the TLS handshake in time", url.text())};
  }
  return Failure{fmt::format("TLS with {} failed: {}. If the server does not speak TLS, use ws://",
                             url.text(), why.message())};
}

Failure no_upgrade(const Url& url, const error_code& why, const websocket::response_type& response) {
  const auto place = response[beast::http::field::location];
  if (why == websocket::error::upgrade_declined && response.result_int() / 100 == 3 && !place.empty()) {
    return Failure{
        fmt::format("{} answered HTTP {} and sends its visitors to {}; redirects are not followed: "
                    "if that is the server, give its address",
                    url.text(), response.result_int(), std::string_view(place).substr(0, 200))};
  }
  if (why == websocket::error::upgrade_declined) {
    const auto body = std::string_view(response.body()).substr(0, response.body().find_first_of("\r\n"));
    return Failure{fmt::format("{} answered HTTP {} {} where a WebSocket upgrade (101) was wanted{}{}",
                               url.text(), response.result_int(), std::string_view(response.reason()),
                               body.empty() ? "" : ": ", body.substr(0, 200))};
  }
  if (why == beast::error::timeout) {
    return Failure{
        fmt::format("{} took the connection but did not answer the WebSocket handshake in time", url.text())};
  }
  return Failure{fmt::format("{} did not answer the WebSocket handshake as RFC 6455 asks: {}", url.text(),
                             why.message())};
}

/// A TLS client that verifies against the system's store. Made once: loading the store takes milliseconds.
asio::ssl::context& verifying_context() {
  static asio::ssl::context context = [] {
    asio::ssl::context made(asio::ssl::context::tls_client);
    made.set_default_verify_paths();
    made.set_verify_mode(asio::ssl::verify_peer);
    return made;
  }();
  return context;
}

}  // namespace

asio::awaitable<boost::system::result<std::unique_ptr<Connection>, Failure>> Connection::open(
    Access access, Clock::time_point deadline) {
  std::unique_ptr<Connection> connection(new Connection(co_await asio::this_coro::executor));
  auto done = co_await connection->connect(access.url, deadline);
  if (done && access.url.secure) done = co_await connection->secure(access);
  if (done) done = co_await connection->upgrade(access);
  if (done.has_error()) co_return done.error();
  co_return connection;
}

asio::awaitable<Done> Connection::connect(Url url, Clock::time_point deadline) {
  tcp::resolver resolver(stream_.get_executor());
  const auto [unresolved, addresses] =
      co_await resolver.async_resolve(url.host, std::to_string(url.port), as_result);
  if (unresolved) {
    co_return Failure{fmt::format("no address for the host '{}': {}", url.host, unresolved.message())};
  }
  auto& socket = stream_.next_layer().next_layer();
  socket.expires_at(deadline);  // for the TLS and WebSocket handshakes too
  const auto [failed, endpoint] = co_await socket.async_connect(addresses, as_result);
  if (failed) co_return cannot_connect(url, failed);
  error_code ignored;  // without it small messages wait for acknowledgements; still right
  socket.socket().set_option(tcp::no_delay(true), ignored);
  co_return Done{};
}

asio::awaitable<Done> Connection::secure(Access access) {
  const auto& url = access.url;
  auto& tls = stream_.next_layer().make_secure(access.tls ? *access.tls : verifying_context());
  // The name in the certificate: an IP address has a field of its own there, and no place in SNI.
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls.native_handle()), url.host.c_str()) != 1) {
    SSL_set1_host(tls.native_handle(), url.host.c_str());
    SSL_set_tlsext_host_name(tls.native_handle(), url.host.c_str());
  }
  const auto [failed] = co_await tls.async_handshake(asio::ssl::stream_base::client, as_result);
  if (failed) co_return no_tls(url, failed, SSL_get_verify_result(tls.native_handle()));
  co_return Done{};
}

asio::awaitable<Done> Connection::upgrade(Access access) {
  const auto& url = access.url;
  stream_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    for (const auto& [name, value] : access.headers) request.insert(name, value);
  }));
  stream_.read_message_max(message_bytes);
  stream_.auto_fragment(false);  // one frame a message, as browsers send it
  websocket::response_type response;
  const auto [failed] = co_await stream_.async_handshake(response, url.host_field(), url.target, as_result);
  if (failed) co_return no_upgrade(url, failed, response);
  beast::get_lowest_layer(stream_).expires_never();
  stream_.set_option(websocket::stream_base::timeout{close_handshake, websocket::stream_base::none(), false});
  co_return Done{};
}

void Connection::give_up() {
  gave_up_ = true;
  reset();
}

asio::awaitable<error_code> Connection::send(std::string payload, Clock::time_point deadline, Form form) {
  const Patience patience(stream_.get_executor(), deadline, [this] { give_up(); });
  stream_.binary(form == Form::binary);
  if (form == Form::fragments) co_return co_await write_fragments(std::move(payload));
  const auto [failed, size_bytes] = co_await stream_.async_write(asio::buffer(payload), as_result);
  co_return failed;
}

asio::awaitable<error_code> Connection::write_fragments(std::string payload) {
  constexpr std::size_t count = 3;  // the first, one in the middle, and the last are each of another kind
  const auto part_bytes = payload.size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_last = i + 1 == count;
    const auto begin = i * part_bytes;
    const auto part = asio::buffer(payload.data() + begin, is_last ? payload.size() - begin : part_bytes);
    const auto [failed, size_bytes] = co_await stream_.async_write_some(is_last, part, as_result);
    if (failed) co_return failed;
  }
  co_return error_code{};
}

asio::awaitable<error_code> Connection::ping(std::string payload, Clock::time_point deadline) {
  const Patience patience(stream_.get_executor(), deadline, [this] { give_up(); });
  const websocket::ping_data data(payload);
  const auto [failed] = co_await stream_.async_ping(data, as_result);
  co_return failed;
}

asio::awaitable<boost::system::result<Received, Failure>> Connection::receive() {
  buffer_.clear();
  auto token = asio::bind_cancellation_slot(stop_reading_.slot(), as_result);
  const auto [failed, size_bytes] = co_await stream_.async_read(buffer_, std::move(token));
  if (failed) co_return ended(failed);
  co_return Received{beast::buffers_to_string(buffer_.data()), stream_.got_text(), Clock::now()};
}

void Connection::on_pong(const std::function<void(std::string)>& handler) {
  if (!handler) return stream_.control_callback();
  stream_.control_callback([handler](websocket::frame_type type, std::string_view payload) {
    if (type == websocket::frame_type::pong) handler(std::string(payload));
  });
}

// Beast 1.81 can lock itself up here: its close holds the right to write and waits for the right to read,
// while a read that has met a close frame or a protocol error holds that one and waits for the other. Its own
// timeout then closes the socket and wakes neither, so both are cancelled a little later.
asio::awaitable<error_code> Connection::close() {
  asio::cancellation_signal stop_closing;
  const Patience patience(stream_.get_executor(), Clock::now() + 2 * close_handshake, [this, &stop_closing] {
    stop_reading_.emit(asio::cancellation_type::terminal);
    stop_closing.emit(asio::cancellation_type::terminal);
  });
  auto token = asio::bind_cancellation_slot(stop_closing.slot(), as_result);
  const auto [failed] = co_await stream_.async_close(websocket::close_code::normal, std::move(token));
  co_return failed;
}

void Connection::keep_little() {
  constexpr int little_bytes = 16 * 1024;
  error_code ignored;  // more is kept then, and it takes more to fill it
  beast::get_lowest_layer(stream_).socket().set_option(asio::socket_base::receive_buffer_size(little_bytes),
                                                       ignored);
}

void Connection::reset() {
  error_code ignored;  // a socket that is gone already is as good as reset
  auto& socket = beast::get_lowest_layer(stream_).socket();
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  beast::get_lowest_layer(stream_).close();
}

Failure Connection::ended(const error_code& why) const {
  if (why == websocket::error::closed) {
    const auto& reason = stream_.reason();
    if (reason.code == websocket::close_code::none) return Failure{"closed without a code"};
    return Failure{fmt::format("closed with code {}{}{}", static_cast<int>(reason.code),
                               reason.reason.empty() ? "" : ": ", std::string(reason.reason.c_str()))};
  }
  if (why == asio::error::eof || why == asio::ssl::error::stream_truncated) {
    return Failure{"ended without a close frame"};
  }
  if (why == asio::error::connection_reset || why == asio::error::broken_pipe) return Failure{"reset"};
  if (gave_up_) return Failure{"lost: the server did not take a message in time"};
  if (why == asio::error::operation_aborted) return Failure{"lost: a message could not be sent on it"};
  return Failure{fmt::format("broken: {}", why.message())};
}

}  // namespace chatlab::client
