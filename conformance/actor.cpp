#include "conformance/actor.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>

namespace chatlab::conformance {

Actor::Actor(std::string client, std::string username, Change& change, PayloadReader& reader,
             Clock::time_point began, Clock::duration patience)
    : username_(std::move(username)),
      change_(change),
      reader_(reader),
      began_(began),
      patience_(patience),
      transcript_{std::move(client), {}} {}

asio::awaitable<boost::system::result<void, client::Failure>> Actor::connect(client::Access access,
                                                                             Clock::time_point deadline) {
  co_await change_.wait_until([this] { return !reading_; }, deadline);  // of an earlier connection
  if (reading_) co_return client::Failure{"the earlier connection did not end in time"};
  if (access.connect_timeout.count() > 0) deadline = Clock::now() + access.connect_timeout;
  auto opened = co_await client::Connection::open(access, deadline);
  if (opened.has_error()) co_return opened.error();
  connection_ = std::move(*opened);
  ended_ = we_closed_ = close_answered_ = wants_no_more_ = false;
  reading_ = true;
  record(Event::Kind::connected, access.url.text());
  asio::co_spawn(co_await asio::this_coro::executor, read(), [this](const std::exception_ptr& failure) {
    reading_ = false;
    change_.announce();
    if (failure) std::rethrow_exception(failure);
  });
  co_return boost::system::result<void, client::Failure>{};
}

asio::awaitable<void> Actor::send(std::string text, client::Form form) {
  record(Event::Kind::sent, text, form != client::Form::binary);
  // A failed write means that the connection is gone; the reader learns why and records it.
  if (is_open()) co_await connection_->send(std::move(text), Clock::now() + patience_, form);
}

asio::awaitable<bool> Actor::ping(std::string payload, Clock::time_point deadline) {
  record(Event::Kind::pinged, payload);
  if (!is_open()) co_return false;
  bool answered = false;
  connection_->on_pong([this, &answered, payload](std::string pong) {
    answered |= pong == payload;
    record(Event::Kind::pong, std::move(pong));
  });
  co_await connection_->ping(payload, deadline);
  co_await change_.wait_until([&] { return answered || !is_open(); }, deadline);
  connection_->on_pong({});
  co_return answered;
}

void Actor::stop_reading() {
  wants_no_more_ = true;
  if (connection_) connection_->keep_little();
}

asio::awaitable<void> Actor::say_goodbye() {
  if (wants_no_more_) co_return vanish();  // its close frame would wait behind all that it has not read
  patience_ = std::min<Clock::duration>(patience_, client::Connection::close_handshake);
  const Json goodbye = {{"type", "disconnect"}, {"username", username_}};
  if (is_open()) co_await send(goodbye);
  co_await close();
}

asio::awaitable<void> Actor::close() {
  if (!is_open()) co_return;
  we_closed_ = true;
  farewell_ = "closed";
  const auto unanswered = co_await connection_->close();
  if (!unanswered) close_answered_ = true;  // else it may be the reader that has met the answer
  connection_->reset();                     // what is left of it
}

void Actor::vanish() {
  if (!is_open()) return;
  we_closed_ = true;
  farewell_ = "reset";
  connection_->reset();
}

bool Actor::has_received(std::string_view text, std::size_t from) const {
  for (std::size_t i = from; i < transcript_.events.size(); ++i) {
    const auto& event = transcript_.events[i];
    if (event.kind == Event::Kind::received && event.text.find(text) != std::string::npos) return true;
  }
  return false;
}

asio::awaitable<void> Actor::read() {
  while (!flooded_ && !wants_no_more_) {
    auto received = co_await connection_->receive();
    if (received.has_error()) {
      ended_ = true;
      close_answered_ |= we_closed_ && received.error().text.starts_with("closed");
      if (we_closed_) {
        record(Event::Kind::closed_by_us, farewell_);
      } else {
        record(Event::Kind::closed_by_server, received.error().text);
      }
      co_return;
    }
    received_bytes_ += received->payload.size();
    record(Event::Kind::received, std::move(received->payload), received->is_text);
    flooded_ = transcript_.events.size() >= most_events || received_bytes_ >= most_bytes;
  }
}

void Actor::record(Event::Kind kind, std::string text, bool is_text) {
  const auto at = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
  transcript_.events.push_back({kind, at, std::move(text), is_text, nullptr});
  auto& event = transcript_.events.back();
  if (kind == Event::Kind::received) event.value = reader_.read(event.text);
  change_.announce();
}

}  // namespace chatlab::conformance
