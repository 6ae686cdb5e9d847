#include "reference-server/outbox.hpp"

#include <algorithm>

namespace chatlab::server {

void Outbox::unsubscribe(const BroadcastLog& log, Position position) {
  std::deque<Own> rest;
  for (auto at = position_.value_or(position); at < position; ++at) {
    while (!own_.empty() && own_.front().position <= at) {
      rest.push_back(std::move(own_.front()));
      own_.pop_front();
    }
    if (!log.at(at)) continue;
    own_bytes_ += log.at(at)->size();
    rest.push_back({log.at(at), at, false});
  }
  for (auto& own : own_) rest.push_back(std::move(own));
  own_ = std::move(rest);
  position_.reset();
}

void Outbox::push_pong(Frame frame, Position position) {
  const auto waits = std::find_if(own_.begin(), own_.end(), [](const Own& own) { return own.is_pong; });
  if (waits == own_.end()) return push(std::move(frame), position, true);
  own_bytes_ += frame->size() - waits->frame->size();
  waits->frame = std::move(frame);
}

std::size_t Outbox::waiting_bytes(const BroadcastLog& log) const {
  const std::size_t begun = begun_ ? begun_->size() - begun_bytes_ : 0;
  return begun + own_bytes_ + (position_ ? log.bytes_behind(*position_) : 0);
}

std::span<iovec> Outbox::gather(const BroadcastLog& log, std::span<iovec> buffers) const {
  std::size_t used = 0;
  const auto add = [&](const Frame& frame, std::size_t skipped_bytes = 0) {
    // The kernel only reads; iovec serves reading and writing and so has no const.
    buffers[used++] = {const_cast<char*>(frame->data()) + skipped_bytes, frame->size() - skipped_bytes};
  };
  if (begun_) add(begun_, begun_bytes_);
  auto own = own_.begin();
  auto at = position_.value_or(log.end());
  while (used < buffers.size()) {
    if (own != own_.end() && (!position_ || own->position <= at)) {
      add((own++)->frame);
    } else if (at < log.end()) {
      if (log.at(at)) add(log.at(at));
      ++at;
    } else {
      break;
    }
  }
  return buffers.first(used);
}

void Outbox::sent(const BroadcastLog& log, std::size_t size_bytes) {
  while (size_bytes > 0) {
    if (!begun_) {
      begun_ = take_next(log);
      begun_bytes_ = 0;
    }
    const auto step_bytes = std::min(size_bytes, begun_->size() - begun_bytes_);
    begun_bytes_ += step_bytes;
    size_bytes -= step_bytes;
    if (begun_bytes_ == begun_->size()) begun_.reset();
  }
}

void Outbox::drop_what_waits() {
  own_.clear();
  own_bytes_ = 0;
  position_.reset();
}

void Outbox::push(Frame frame, Position position, bool is_pong) {
  own_bytes_ += frame->size();
  own_.push_back({std::move(frame), position, is_pong});
}

/// What gather() puts next into its buffers.
Frame Outbox::take_next(const BroadcastLog& log) {
  while (own_.empty() || (position_ && own_.front().position > *position_)) {
    const Frame& frame = log.at((*position_)++);
    if (frame) return frame;
  }
  Frame frame = std::move(own_.front().frame);
  own_.pop_front();
  own_bytes_ -= frame->size();
  return frame;
}

}  // namespace chatlab::server
