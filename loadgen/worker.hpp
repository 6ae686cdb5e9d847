// One thread of a run: an epoll loop over its share of the participants. It owns them, connects them at their
// pace, lets them leave and come back, reads whoever has something and sends what is due.
#pragma once

#include <deque>

#include "loadgen/dispatcher.hpp"
#include "loadgen/receiver.hpp"
#include "loadgen/watch.hpp"

namespace chatlab::loadgen {

class Worker {
 public:
  /// Client c is its own where c % lanes == lane.
  Worker(Control& control, std::uint32_t lane);

  /// Until the phase `over`.
  void run();

  /// From any thread: look at the phase.
  void wake();

  // For after run().
  void finish(Moment at) { receiver_.ledger().finish(at); }
  double receive_buffer_messages() const { return receive_buffer_messages_; }
  const Receiver& receiver() const { return receiver_; }
  const Dispatcher& dispatcher() const { return dispatcher_; }
  const Watch& watch() const { return watch_; }
  const std::vector<Participant>& participants() const { return participants_; }
  std::uint64_t churned() const { return churned_; }

  /// Times of deliveries so far, for the live line; updated every second.
  std::atomic<std::int64_t> live_p50_us{-1}, live_p99_us{-1};

 private:
  void adopt(Phase phase);
  void wait(Moment until);
  void act(Moment at);
  void connect_due(Moment at);
  void churn_due(Moment at);
  void keep_house(Moment at);
  void read_slow_ones();
  void sample_unread();
  void note_receive_buffer();

  void open(std::uint32_t local, Moment at);
  void ready(std::uint32_t local, std::uint32_t events);
  void read(std::uint32_t local);
  void leave(std::uint32_t local, Moment at);
  void left(std::uint32_t local, Moment at);
  void broken(std::uint32_t local, const std::string& why);
  void tell_epoll(Participant& participant, int operation);
  bool is_slow(const Participant& participant) const;
  std::uint32_t local_of(const Participant& participant) const;

  Control& control_;
  client::Descriptor epoll_, wakeup_;
  std::vector<Participant> participants_;
  Receiver receiver_;
  Dispatcher dispatcher_;
  Watch watch_;
  std::vector<char> buffer_;

  Phase phase_ = Phase::gathering;
  Moment begun_{};
  std::uint32_t opened_ = 0;  // of the participants, in order
  Moment next_connect_{}, next_churn_ = Moment::max(), next_house_{}, next_live_{};
  struct Leaver {
    std::uint32_t local;
    Moment deadline;
  };
  std::deque<Leaver> leavers_;
  std::uint32_t next_churner_ = 0;
  std::uint64_t churned_ = 0;
  std::uint64_t delivered_told_ = 0, received_bytes_ = 0;
  std::uint32_t next_sampled_ = 0;
  double receive_buffer_messages_ = 0;
};

}  // namespace chatlab::loadgen
