// One socket's life: HTTP exchanges for the page, or the upgrade and then the chat, and the farewell. It owns
// its transport and its outbox, and reads and writes what can be had at once; it never waits. Its worker
// calls it when the socket is ready, when there is something to send, and now and then.
#pragma once

#include <spdlog/logger.h>

#include "reference-server/frame_reader.hpp"
#include "reference-server/order.hpp"
#include "reference-server/outbox.hpp"
#include "reference-server/page.hpp"
#include "reference-server/settings.hpp"
#include "reference-server/transport.hpp"

namespace chatlab::server {

/// What all sessions of a server share; outlives them.
struct Shared {
  const Settings& settings;
  Order& order;
  Metrics& metrics;
  spdlog::logger& log;
};

class Session {
 public:
  using Clock = std::chrono::steady_clock;

  /// `feed` is the thread's.
  Session(Transport transport, Shared& shared, Feed& feed);
  Session(const Session&) = delete;

  /// The socket may have something to read. `buffer` is the thread's; nothing of it is kept.
  void read(std::span<char> buffer);

  /// Sends what waits, as far as the kernel takes it.
  void write();

  /// A client for whom too much waits is closed with 1013.
  void mind_limit();

  /// Looks at the deadlines.
  void tick(Clock::time_point now);

  /// The server is going away: closes with 1001.
  void go_away();

  bool has_ended() const { return phase_ == Phase::ended; }
  bool is_readable() const { return !has_ended() && !peer_has_finished_; }
  bool has_to_write() const { return !outbox_.is_empty(feed_.log) || transport_.wants_to_write(); }
  std::size_t waiting_bytes() const { return outbox_.waiting_bytes(feed_.log); }
  const Outbox& outbox() const { return outbox_; }
  Transport& transport() { return transport_; }

 private:
  enum class Phase { http, chat, farewell, ended };

  void take(std::span<char> bytes);
  void read_requests(std::span<char>& bytes);
  void answer(const HttpRequest& request, bool has_body);
  void upgrade(const HttpRequest& request);
  void read_frames(std::span<char>& bytes);
  void receive(const Received& received);
  void apply(const Message& message);
  void close(CloseCode code, std::string_view reason);
  void leave();
  void say_farewell();
  void abandon();
  void carry_out(Applied applied);
  void push(Frame frame) { outbox_.push(std::move(frame), shared_.order.collect(feed_)); }
  std::string peer() const;

  Shared& shared_;
  Feed& feed_;
  Transport transport_;
  Outbox outbox_;
  FrameReader reader_;
  std::string incomplete_;     // what came of a request or frame that has not come whole
  std::string forwarded_for_;  // the client, as a trusted proxy names it
  Clock::time_point heard_;    // of the peer the last time
  Clock::time_point deadline_;
  Phase phase_ = Phase::http;
  bool is_pinged_ = false;
  bool peer_has_finished_ = false;
  bool have_finished_ = false;
};

}  // namespace chatlab::server
