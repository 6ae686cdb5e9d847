// What one client still has to be sent, in order: the broadcasts behind its position in the log, and frames
// of its own (pongs, answers, a close) between them. It hands out whole queues of bytes and is told how many
// left; it knows no socket and never splits a frame.
#pragma once

#include <sys/uio.h>

#include <optional>
#include <span>

#include "reference-server/broadcast_log.hpp"

namespace chatlab::server {

class Outbox {
 public:
  /// From here on all broadcasts are for this client (P10).
  void subscribe(Position position) { position_ = position; }

  /// No more broadcasts from `position` on; what stands before it is still sent.
  void unsubscribe(const BroadcastLog& log, Position position);

  bool is_subscribed() const { return position_.has_value(); }

  /// Where the next broadcast comes from. Only for one who is subscribed.
  Position position() const { return *position_; }

  /// Queues a frame for this client alone, after the broadcasts before `position`.
  void push(Frame frame, Position position) { push(std::move(frame), position, false); }

  /// Queues a pong. One that still waits gives way: RFC 6455, section 5.5.3.
  void push_pong(Frame frame, Position position);

  bool is_empty(const BroadcastLog& log) const { return waiting_bytes(log) == 0; }
  std::size_t waiting_bytes(const BroadcastLog& log) const;

  /// Writes the beginning of the queue to `buffers`, as many as fit; returns those used.
  std::span<iovec> gather(const BroadcastLog& log, std::span<iovec> buffers) const;

  /// So many bytes have left.
  void sent(const BroadcastLog& log, std::size_t size_bytes);

  /// Drops everything but the rest of a frame that has been begun, and unsubscribes.
  void drop_what_waits();

 private:
  struct Own {
    Frame frame;
    Position position;  // it comes after the broadcasts before this one
    bool is_pong;
  };

  void push(Frame frame, Position position, bool is_pong);
  Frame take_next(const BroadcastLog& log);

  std::optional<Position> position_;
  std::deque<Own> own_;
  std::size_t own_bytes_ = 0;
  Frame begun_;  // sent in part
  std::size_t begun_bytes_ = 0;
};

}  // namespace chatlab::server
