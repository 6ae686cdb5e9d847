#include "loadgen/dispatcher.hpp"

#include <algorithm>
#include <limits>

#include "loadgen/clock.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::uint32_t not_ours = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t burst_bytes = 64 * 1024;  // for one system call: less than a socket takes at once

}  // namespace

void Dispatcher::add_sender(Participant& participant) {
  place_.resize(control_.settings.senders, not_ours);
  place_[participant.number()] = static_cast<std::uint32_t>(senders_.size());
  auto& sender = senders_.emplace_back();
  sender.participant = &participant;
  sender.chat = control_.words.chat({participant.number(), 0});
}

Dispatcher::Sender& Dispatcher::sender_of(const Participant& participant) {
  return senders_[place_[participant.number()]];
}

bool Dispatcher::is_ours(std::uint32_t sender) const {
  return sender < place_.size() && place_[sender] != not_ours;
}

void Dispatcher::skip_others() {
  const auto& schedule = control_.schedule;
  while (cursor_ < schedule.size() && !is_ours(control_.log.tag_of(cursor_).sender)) ++cursor_;
  next_due_ = cursor_ < schedule.size() ? control_.start() + schedule.due(cursor_) : Moment::max();
}

void Dispatcher::start() {
  cursor_ = 0;
  skip_others();
  if (control_.settings.closed && has_senders()) next_due_ = control_.start();
}

void Dispatcher::act(Moment at) {
  if (control_.settings.closed) {
    next_due_ = Moment::max();
    for (auto& sender : senders_) {
      sender.last_completed = at;
      release(sender, control_.settings.closed, at);
    }
    return;
  }
  while (next_due_ <= at) {
    const auto tag = control_.log.tag_of(cursor_);
    auto& sender = senders_[place_[tag.sender]];
    control_.log.schedule(cursor_, next_due_);
    if (next_due_ >= control_.measure_begin()) lag_.record(at - next_due_);
    ++sender.due;
    write(sender);
    ++cursor_;
    skip_others();
  }
}

void Dispatcher::release(Sender& sender, std::uint32_t broadcasts, Moment at) {
  const auto& settings = control_.settings;
  const auto room = static_cast<std::uint32_t>(control_.log.size() / settings.senders);
  for (; broadcasts > 0 && sender.due < room && at < control_.measure_end(); --broadcasts) {
    const auto index = control_.log.index_of({sender.participant->number(), sender.due});
    control_.log.schedule(index, at);
    control_.log.await(index, std::min(settings.threads, settings.recipients()));
    ++sender.due;
  }
  write(sender);
}

void Dispatcher::write(Sender& sender) {
  auto& participant = *sender.participant;
  while (sender.written < sender.due && !participant.has_unsent() && participant.stage() == Stage::inside) {
    const auto begin = sender.written;
    frames_.clear();
    // What is due goes out in one system call: the kernel's part in it is as large as a hundred deliveries.
    while (sender.written < sender.due && frames_.size() < burst_bytes) {
      const Tag tag{participant.number(), sender.written++};
      control_.words.renumber(sender.chat, tag);
      append_frame(frames_, Opcode::text, sender.chat, tag.sequence * 0x9e3779b1u | 1);
    }
    sender.unfinished = sender.written - begin;
    sender.frame_bytes = frames_.size() / sender.unfinished;  // all texts have one length
    stamp_unfinished(sender, now());
    control_.written.fetch_add(sender.unfinished, std::memory_order_relaxed);
    const bool sent = participant.send(frames_);
    note_unfinished(sender);
    if (!sent || participant.has_unsent()) blocked_(participant, !sent);
  }
}

void Dispatcher::stamp_unfinished(const Sender& sender, Moment at) {
  for (auto sequence = sender.written - sender.unfinished; sequence < sender.written; ++sequence)
    control_.log.write(control_.log.index_of({sender.participant->number(), sequence}), at);
}

void Dispatcher::note_unfinished(Sender& sender) {
  const auto unsent_bytes = sender.participant->unsent_bytes();  // answers to pings may stand behind them
  const auto frames = (unsent_bytes + sender.frame_bytes - 1) / sender.frame_bytes;
  sender.unfinished = static_cast<std::uint32_t>(std::min<std::size_t>(sender.unfinished, frames));
}

void Dispatcher::resume(Participant& participant) {
  auto* sender = is_sender(participant) ? &sender_of(participant) : nullptr;
  // What was begun counts as written when its last byte is, not its first.
  if (sender) stamp_unfinished(*sender, now());
  const bool sent = participant.flush();
  if (sender && sender->unfinished > 0) note_unfinished(*sender);
  if (!sent || participant.has_unsent()) {
    blocked_(participant, !sent);
  } else if (sender) {
    write(*sender);
  }
}

void Dispatcher::take_completed(Moment at) {
  for (auto& sender : senders_) {
    const auto broadcasts =
        control_.completed[sender.participant->number()].exchange(0, std::memory_order_acq_rel);
    if (broadcasts == 0) continue;
    sender.completed += broadcasts;
    sender.last_completed = at;
    release(sender, broadcasts, at);
  }
}

void Dispatcher::give_up_lost(Moment at) {
  for (auto& sender : senders_) {
    if (sender.completed == sender.due || at - sender.last_completed < control_.settings.drain) continue;
    const auto lost = sender.due - sender.completed;
    sender.completed = sender.due;
    sender.last_completed = at;
    release(sender, lost, at);
  }
}

}  // namespace chatlab::loadgen
