#include "reference-server/worker.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace chatlab::server {
namespace {

/// Often enough for the shortest deadline.
asio::steady_timer::duration tick_of(const Settings& settings) {
  const auto shortest = std::min({settings.idle_timeout, settings.http_timeout, settings.drain_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds(10), limits::tick);
}

}  // namespace

Worker::Worker(Shared& shared)
    : shared_(shared),
      tick_(tick_of(shared.settings)),
      feed_(shared.order.add_feed([this] { asio::post(io_context_, [] {}); })) {}

void Worker::adopt(tcp::socket socket, std::shared_ptr<SSL_CTX> tls) {
  asio::post(io_context_, [this, socket = std::move(socket), tls = std::move(tls)]() mutable {
    if (stopping_) return;  // taken just before stop(), which tells only the sessions that it finds
    const auto client = std::make_shared<Served>(Transport(std::move(socket), tls.get()), shared_, feed_);
    clients_.insert(client);
    wait_to_read(client);
  });
}

void Worker::run() {
  const auto work = asio::make_work_guard(io_context_);
  tick();
  while (!stopping_ || !clients_.empty()) take_turn();
}

void Worker::stop() {
  asio::post(io_context_, [this] {
    if (std::exchange(stopping_, true)) return;
    for (const auto& client : clients_) {
      client->session.go_away();
      touched_.push_back(client);
    }
  });
}

// Reading comes first and sending after it, so that what many have said goes to each client in one call. A
// lone chat is sent at once too: it is all there is to be read.
void Worker::take_turn() {
  io_context_.run_one();
  const auto began = Session::Clock::now();
  feed_.said_bytes = 0;
  for (std::size_t events = 1; events < limits::turn_events; ++events) {
    if (feed_.said_bytes >= limits::turn_bytes || io_context_.poll_one() == 0) break;
  }
  send();
  // Only now, so that each socket is read once in a turn, however much it says.
  for (const auto& client : std::exchange(read_, {})) wait_to_read(client);
  shared_.metrics.count_turn(Session::Clock::now() - began);
}

void Worker::send() {
  do {
    for (const auto& client : std::exchange(touched_, {})) write(client);
    sent_ = shared_.order.collect(feed_);
    if (std::exchange(feed_.has_decided, false)) {
      touched_.assign(clients_.begin(), clients_.end());  // whoever has come in is to be listed first
    } else if (feed_.log.begin() != sent_) {
      send_broadcasts();
    }
    // Who turned out to be gone has been announced: that is news for the others.
  } while (!touched_.empty() || shared_.order.collect(feed_) != sent_);
}

void Worker::send_broadcasts() {
  auto oldest = sent_;
  std::erase_if(subscribers_, [&](const Client& client) {
    write(client);
    client->is_listed = client->session.outbox().is_subscribed();
    if (client->is_listed) oldest = std::min(oldest, client->session.outbox().position());
    return !client->is_listed;
  });
  feed_.log.forget_before(oldest);
}

void Worker::write(const Client& client) {
  auto& session = client->session;
  if (client->waits_to_write) {
    session.mind_limit();
  } else {
    session.write();
  }
  if (session.has_ended()) {
    clients_.erase(client);
    return;
  }
  if (session.has_to_write() && !client->waits_to_write) wait_to_write(client);
  if (session.outbox().is_subscribed() && !std::exchange(client->is_listed, true))
    subscribers_.push_back(client);
}

void Worker::read(const Client& client) {
  if (client->session.has_ended()) return;
  client->session.read(buffer_);
  touched_.push_back(client);
  read_.push_back(client);
}

void Worker::wait_to_read(const Client& client) {
  if (!client->session.is_readable()) return;
  if (client->session.transport().has_received()) {
    asio::post(io_context_, [this, client] { read(client); });
  } else {
    // How the wait ended makes no difference: reading tells.
    client->session.transport().socket().async_wait(tcp::socket::wait_read,
                                                    [this, client](error_code) { read(client); });
  }
}

void Worker::wait_to_write(const Client& client) {
  client->waits_to_write = true;
  client->session.transport().socket().async_wait(tcp::socket::wait_write, [this, client](error_code) {
    client->waits_to_write = false;
    // TLS may have waited for this to be able to read.
    if (client->session.transport().wants_to_write()) client->session.read(buffer_);
    touched_.push_back(client);
  });
}

void Worker::tick() {
  const auto now = Session::Clock::now();
  std::size_t queued_bytes = 0;
  for (const auto& client : clients_) {
    client->session.tick(now);
    queued_bytes += client->session.waiting_bytes();
    if (client->session.has_ended() || client->session.has_to_write()) touched_.push_back(client);
  }
  shared_.metrics.queued_bytes += queued_bytes - std::exchange(queued_bytes_, queued_bytes);
  timer_.expires_after(tick_);
  timer_.async_wait([this](error_code failed) {
    if (!failed) tick();
  });
}

}  // namespace chatlab::server
