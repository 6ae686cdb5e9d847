// Every broadcast of a run: when it was meant to be sent and when it was. Written by the thread of its
// sender, read by all: the fields are atomic, and none is ever taken back.
#pragma once

#include <algorithm>
#include <atomic>
#include <vector>

#include "loadgen/moment.hpp"
#include "loadgen/payload.hpp"
#include "loadgen/zero_pages.hpp"

namespace chatlab::loadgen {

/// Both `never` where it was not.
struct Sent {
  Moment intended = never, written = never;
};

class SendLog {
 public:
  /// Room for `sends` broadcasts of `senders` senders, who take turns.
  SendLog(std::uint32_t senders, std::size_t sends) : senders_(senders), sends_(sends) {}

  std::uint32_t senders() const { return senders_; }
  std::size_t size() const { return sends_.size(); }
  std::size_t index_of(Tag tag) const { return std::size_t{tag.sequence} * senders_ + tag.sender; }
  Tag tag_of(std::size_t index) const {
    return {static_cast<std::uint32_t>(index % senders_), static_cast<std::uint32_t>(index / senders_)};
  }

  /// This sender has another clock: what it sends is counted, but not timed.
  void set_far(std::uint32_t sender) {
    far_.resize(senders_);
    far_[sender] = true;
  }
  bool is_far(std::uint32_t sender) const { return !far_.empty() && far_[sender]; }
  std::size_t far_senders() const { return static_cast<std::size_t>(std::ranges::count(far_, true)); }

  /// It is due: from now on it counts, written or not.
  void schedule(std::size_t index, Moment intended) { store(sends_[index].intended_ns, intended); }
  /// The kernel takes its last byte now. Called before the system call: the answer may be faster than us.
  void write(std::size_t index, Moment at) { store(sends_[index].written_ns, at); }

  /// `never` where it was not.
  Moment intended(std::size_t index) const { return load(sends_[index].intended_ns); }
  Moment written(std::size_t index) const { return load(sends_[index].written_ns); }
  Sent sent(std::size_t index) const { return {intended(index), written(index)}; }

  /// Its place in the order in which broadcasts were first seen by somebody who had missed none; 0: nobody.
  std::uint32_t rank(std::size_t index) const { return sends_[index].rank.load(std::memory_order_relaxed); }
  std::uint32_t rank_as_next(std::size_t index) {
    std::uint32_t rank = 0;
    const auto next = ranked_.fetch_add(1, std::memory_order_relaxed) + 1;
    return sends_[index].rank.compare_exchange_strong(rank, next, std::memory_order_relaxed) ? next : rank;
  }

  /// For closed loops: how many threads have recipients that have not got it yet. `arrived` is true for the
  /// last thread.
  void await(std::size_t index, std::uint32_t threads) {
    sends_[index].awaited.store(threads, std::memory_order_relaxed);
  }
  bool arrived(std::size_t index) {
    return sends_[index].awaited.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }

 private:
  // Zero, which is what fresh pages hold, stands for `never`: the clock has long left it.
  static void store(std::atomic<std::int64_t>& field, Moment at) {
    field.store(at.count(), std::memory_order_relaxed);
  }
  static Moment load(const std::atomic<std::int64_t>& field) {
    const auto value_ns = field.load(std::memory_order_relaxed);
    return value_ns == 0 ? never : Moment(value_ns);
  }

  struct alignas(32) Send {  // never across two cache lines: every delivery looks at it
    std::atomic<std::int64_t> intended_ns;
    std::atomic<std::int64_t> written_ns;
    std::atomic<std::uint32_t> rank;
    std::atomic<std::uint32_t> awaited;
  };
  std::uint32_t senders_;
  std::vector<bool> far_;  // by sender; empty where none is
  ZeroPages<Send> sends_;
  std::atomic<std::uint32_t> ranked_{0};
};

}  // namespace chatlab::loadgen
