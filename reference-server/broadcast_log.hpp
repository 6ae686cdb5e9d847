// The broadcasts that somebody still has to receive, in their order, each once for all its recipients: a
// client is a position in it. It owns the bytes until the last one has passed; it knows no client.
#pragma once

#include <cstdint>
#include <deque>

#include "reference-server/frame.hpp"

namespace chatlab::server {

/// What a roster may be replaced by: a newer one of its own type.
enum class Broadcast : std::uint8_t { chat, login_roster, disconnect_roster };

/// A place between two runs of the log. It counts from the first broadcast ever, so it stays what it is when
/// old runs are forgotten.
using Position = std::uint64_t;

class BroadcastLog {
 public:
  explicit BroadcastLog(bool coalesces_rosters) : coalesces_rosters_(coalesces_rosters) {}

  /// Adds one roster, or chats that were said one after another.
  void append(Frame frames, Broadcast kind);

  /// Takes all of `other`, which begins where this one ends.
  void append_all(BroadcastLog& other);

  Position begin() const { return begin_; }
  Position end() const { return begin_ + runs_.size(); }

  /// The run behind a position from begin() to before end(); null: a roster that gave way to a newer one.
  const Frame& at(Position position) const { return runs_[position - begin_].frames; }

  /// How much stands behind a position from begin() to end().
  std::size_t bytes_behind(Position position) const {
    return position == end() ? 0 : end_bytes_ - runs_[position - begin_].begin_bytes;
  }

  void forget_before(Position position);

 private:
  struct Run {
    Frame frames;
    Broadcast kind;
    std::size_t begin_bytes;  // what was appended before it, and what gave way since then
  };

  void give_way(Broadcast kind);

  bool coalesces_rosters_;
  std::deque<Run> runs_;
  Position begin_ = 0;
  std::size_t end_bytes_ = 0;
  Position last_roster_[2] = {};  // one past the newest of either type; 0: none
};

}  // namespace chatlab::server
