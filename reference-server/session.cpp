#include "reference-server/session.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <sstream>
#include <utility>

#include "reference-server/handshake.hpp"

namespace chatlab::server {
namespace {

/// An HTTP answer as it goes over the wire.
Frame encode_response(const HttpResponse& response) {
  std::ostringstream text;
  text << response;
  return std::make_shared<const std::string>(std::move(text).str());
}

}  // namespace

Session::Session(Transport transport, Shared& shared, Feed& feed)
    : shared_(shared),
      feed_(feed),
      transport_(std::move(transport)),
      reader_(shared.settings.message_limit_bytes),
      heard_(Clock::now()),
      deadline_(heard_ + shared.settings.http_timeout) {}

void Session::read(std::span<char> buffer) {
  const auto received = transport_.receive(buffer);
  if (received.failed == asio::error::would_block) return;
  if (!received.failed) {
    heard_ = Clock::now();
    is_pinged_ = false;
    return take(buffer.first(received.size_bytes));
  }
  if (received.failed != asio::error::eof) return abandon();
  peer_has_finished_ = true;  // it may still take what is on its way to it
  say_farewell();
}

void Session::take(std::span<char> bytes) {
  if (phase_ == Phase::farewell) return;  // RFC 6455, 5.5.1: whoever has said close is not listened to
  std::string whole;
  if (!incomplete_.empty()) {
    whole = std::exchange(incomplete_, {}).append(bytes.data(), bytes.size());
    bytes = whole;
  }
  if (phase_ == Phase::http) read_requests(bytes);
  if (phase_ == Phase::chat) read_frames(bytes);
  if (phase_ != Phase::http && phase_ != Phase::chat) return;
  if (!bytes.empty() && bytes.size() == whole.size()) {
    incomplete_ = std::move(whole);
  } else {
    incomplete_.assign(bytes.data(), bytes.size());
  }
}

void Session::read_requests(std::span<char>& bytes) {
  while (phase_ == Phase::http) {
    const std::string_view text(bytes.data(), bytes.size());
    const auto end = text.find("\r\n\r\n");
    const auto size_bytes = end == text.npos ? text.size() : end + 4;
    http::request_parser<http::empty_body> parser;
    error_code failed;
    if (size_bytes > limits::http_head_bytes) {
      failed = http::error::header_limit;
    } else if (end == text.npos) {
      return;
    } else {
      parser.put(asio::buffer(text.data(), size_bytes), failed);
    }
    if (failed) {
      push(encode_response(refuse_request(failed)));
      return say_farewell();
    }
    bytes = bytes.subspan(size_bytes);
    answer(parser.get(), !parser.is_done());
    // Somebody asks and asks and does not take the answers.
    if (waiting_bytes() > shared_.settings.outbox_limit_bytes) return abandon();
  }
}

void Session::answer(const HttpRequest& request, bool has_body) {
  if (boost::beast::websocket::is_upgrade(request)) return upgrade(request);
  auto response = answer_page_request(request, shared_.metrics);
  if (has_body) response.keep_alive(false);  // it follows, and nobody will read it
  const bool goes_on = response.keep_alive();
  push(encode_response(response));
  deadline_ = Clock::now() + shared_.settings.http_timeout;
  if (!goes_on) say_farewell();
}

void Session::upgrade(const HttpRequest& request) {
  if (shared_.settings.trust_proxy)
    forwarded_for_ = request["X-Forwarded-For"].substr(0, limits::quoted_bytes);
  const auto limit = shared_.settings.connection_limit;
  const bool is_full = shared_.metrics.connections++ >= limit && limit > 0;
  const auto response = answer_upgrade(request, shared_.settings.allowed_origins, is_full);
  push(encode_response(response));
  if (response.result() == http::status::switching_protocols) {
    shared_.log.debug("{} connected", peer());
    phase_ = Phase::chat;
    return;
  }
  --shared_.metrics.connections;
  shared_.log.info("{} was refused: {}", peer(), response.body().substr(0, response.body().find('\n')));
  say_farewell();
}

void Session::read_frames(std::span<char>& bytes) {
  while (phase_ == Phase::chat) {
    const auto received = reader_.next(bytes);
    if (!received) return;
    receive(*received);
  }
}

void Session::receive(const Received& received) {
  switch (received.kind) {
    case Received::text:
      return apply(parse_message(received.payload));
    case Received::binary:  // P1, P6
      return apply(Malformed{"The message is a binary frame.", "Send JSON in a text frame."});
    case Received::ping:
      return outbox_.push_pong(encode_frame(Opcode::pong, received.payload), shared_.order.collect(feed_));
    case Received::pong:
      return;
    case Received::close:
    case Received::violation:
      return close(received.code, "");
  }
}

// One message: parsed, applied to the room, on its way to everybody; what is left is the sender's own part.
void Session::apply(const Message& message) {
  carry_out(shared_.order.apply(feed_, outbox_, message));
}

void Session::carry_out(Applied applied) {
  if (!applied.log.empty()) shared_.log.info(applied.log);
  if (!applied.reply.empty()) push(encode_frame(Opcode::text, applied.reply));
  if (!applied.is_member) return;
  if (!*applied.is_member) {
    outbox_.unsubscribe(feed_.log, applied.position);  // P3: the leaver is not told
  } else if (!outbox_.is_subscribed()) {
    outbox_.subscribe(applied.position);  // P2: from its own roster on
  }
}

void Session::write() {
  std::array<iovec, limits::buffers_per_send> buffers;
  bool is_all = has_ended();
  while (!is_all) {
    const auto used = outbox_.gather(feed_.log, buffers);
    is_all = used.size() < buffers.size();
    if (used.empty() && !transport_.wants_to_write()) break;
    const auto sent = transport_.send(used);
    ++shared_.metrics.sends;
    shared_.metrics.sent_bytes += sent.size_bytes;
    outbox_.sent(feed_.log, sent.size_bytes);
    if (sent.failed == asio::error::would_block) return mind_limit();
    if (sent.failed) return abandon();
  }
  if (phase_ != Phase::farewell) return;
  if (!std::exchange(have_finished_, true)) transport_.finish_sending();
  if (peer_has_finished_) abandon();
}

void Session::mind_limit() {
  if (phase_ != Phase::chat || waiting_bytes() <= shared_.settings.outbox_limit_bytes) return;
  shared_.log.warn("{} was closed with 1013: it did not take its messages", peer());
  ++shared_.metrics.slow_clients;
  outbox_.drop_what_waits();
  close(CloseCode::try_again_later, "too much waits to be read");
}

void Session::tick(Clock::time_point now) {
  if (phase_ == Phase::chat) {
    const auto silence = now - heard_;
    if (silence >= shared_.settings.idle_timeout) {
      shared_.log.info("{} was given up: nothing came from it for {} s", peer(),
                       std::chrono::duration_cast<std::chrono::seconds>(silence).count());
      abandon();
    } else if (silence >= shared_.settings.idle_timeout / 2 && !std::exchange(is_pinged_, true)) {
      push(encode_frame(Opcode::ping, ""));
    }
  } else if (phase_ != Phase::ended && now >= deadline_) {
    abandon();
  }
}

void Session::go_away() {
  if (phase_ == Phase::http) return abandon();
  if (phase_ == Phase::chat) close(CloseCode::going_away, "");
}

void Session::close(CloseCode code, std::string_view reason) {
  leave();
  push(encode_close(code, reason));
  say_farewell();
}

/// P7: not a word from here on, and none to it but what it has been promised.
void Session::leave() {
  if (phase_ != Phase::chat) return;
  phase_ = Phase::farewell;
  --shared_.metrics.connections;
  if (outbox_.is_subscribed()) outbox_.unsubscribe(feed_.log, shared_.order.collect(feed_));
  carry_out(shared_.order.leave(feed_, outbox_));
}

// A socket that is closed while the peer still sends is reset, and a reset destroys what the peer has not yet
// read. So: what waits is sent, then no more from here, and then the peer's end is waited for.
void Session::say_farewell() {
  leave();
  if (phase_ == Phase::ended) return;
  phase_ = Phase::farewell;
  deadline_ = Clock::now() + shared_.settings.drain_timeout;
  std::string().swap(incomplete_);
}

/// Gives the connection up at once.
void Session::abandon() {
  leave();
  phase_ = Phase::ended;
  outbox_.drop_what_waits();
  error_code ignored;  // a socket that cannot be closed cannot be used either
  transport_.socket().close(ignored);
}

std::string Session::peer() const {
  error_code failed;
  const auto endpoint = const_cast<Transport&>(transport_).socket().remote_endpoint(failed);
  const auto address = failed ? "a client that has gone"
                              : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
  return forwarded_for_.empty() ? address : fmt::format("{} (for {})", address, forwarded_for_);
}

}  // namespace chatlab::server
