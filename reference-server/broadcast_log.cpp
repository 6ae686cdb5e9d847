#include "reference-server/broadcast_log.hpp"

namespace chatlab::server {

void BroadcastLog::append(Frame frames, Broadcast kind) {
  if (kind != Broadcast::chat && coalesces_rosters_) give_way(kind);
  const std::size_t size_bytes = frames ? frames->size() : 0;
  runs_.push_back({std::move(frames), kind, end_bytes_});
  end_bytes_ += size_bytes;
}

void BroadcastLog::append_all(BroadcastLog& other) {
  for (auto& run : other.runs_) append(std::move(run.frames), run.kind);
  other.forget_before(other.end());
}

void BroadcastLog::forget_before(Position position) {
  while (begin_ < position) {
    runs_.pop_front();
    ++begin_;
  }
}

/// Drops the roster of this kind that still waits. A client that has been sent a part of it holds it itself.
void BroadcastLog::give_way(Broadcast kind) {
  auto& last = last_roster_[kind == Broadcast::login_roster ? 0 : 1];
  if (last > begin_) {
    auto& superseded = runs_[last - 1 - begin_];
    const std::size_t size_bytes = superseded.frames ? superseded.frames->size() : 0;
    superseded.frames.reset();
    for (Position at = begin_; at < last; ++at) runs_[at - begin_].begin_bytes += size_bytes;
  }
  last = end() + 1;
}

}  // namespace chatlab::server
