// Sends what is due: the senders of one thread. It decides neither when a send is due (the schedule does, or
// in a closed loop the last recipient) nor waits for a socket that takes nothing.
#pragma once

#include <functional>
#include <vector>

#include "loadgen/control.hpp"
#include "loadgen/histogram.hpp"
#include "loadgen/participant.hpp"

namespace chatlab::loadgen {

class Dispatcher {
 public:
  /// `blocked` is told of a participant that has more to write than its socket takes, or whose line broke.
  using Blocked = std::function<void(Participant&, bool broken)>;
  Dispatcher(Control& control, Blocked blocked) : control_(control), blocked_(std::move(blocked)) {}

  void add_sender(Participant& participant);
  bool has_senders() const { return !senders_.empty(); }
  bool is_sender(const Participant& participant) const {
    return participant.number() < control_.settings.senders;
  }

  /// The schedule begins now, or is about to.
  void start();
  void stop() { next_due_ = Moment::max(); }

  /// When act() should be called next; Moment::max() where nothing is to come.
  Moment next_due() const { return next_due_; }
  void act(Moment at);

  /// The socket takes bytes again.
  void resume(Participant& participant);

  /// Closed loop: goes on where broadcasts have arrived everywhere; gives those up that have not for too
  /// long.
  void take_completed(Moment at);
  void give_up_lost(Moment at);

  const Histogram& lag() const { return lag_; }  ///< how late act() was, for measured sends

 private:
  struct Sender {
    Participant* participant = nullptr;
    std::string chat;              // renumbered for each send
    std::uint32_t due = 0;         // broadcasts that should have been sent by now
    std::uint32_t written = 0;     // and that were, but for what the socket has not taken of the last ones
    std::uint32_t unfinished = 0;  // of the written ones: the socket has not taken their last byte
    std::size_t frame_bytes = 1;   // of each
    std::uint32_t completed = 0;   // closed loop
    Moment last_completed{};
  };

  Sender& sender_of(const Participant& participant);
  bool is_ours(std::uint32_t sender) const;
  void skip_others();
  void release(Sender& sender, std::uint32_t broadcasts, Moment at);
  void write(Sender& sender);
  void stamp_unfinished(const Sender& sender, Moment at);
  void note_unfinished(Sender& sender);

  Control& control_;
  Blocked blocked_;
  std::vector<Sender> senders_;
  std::vector<std::uint32_t> place_;  // by sender number, in senders_
  std::size_t cursor_ = 0;            // the next send of the schedule that is one of ours
  Moment next_due_ = Moment::max();
  std::string frames_;
  Histogram lag_;
};

}  // namespace chatlab::loadgen
