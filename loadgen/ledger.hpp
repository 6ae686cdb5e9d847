// Who got which broadcast when, in what order and how often. Each thread keeps one, of its own recipients;
// the broadcasts of all threads are put together by `tally`. No I/O and no clock: moments come in.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "loadgen/delivery_times.hpp"
#include "loadgen/send_log.hpp"

namespace chatlab::loadgen {

/// What recipients of one ledger got of one broadcast.
struct Reception {
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::uint32_t received = 0;
  std::uint32_t expected = 0;  ///< recipients who came and went; those who stay are known by their number
};

/// A delivery whose sender has another clock: its time can be told once both are known.
struct FarArrival {
  Moment at{};
  std::uint32_t index = 0;  ///< of the broadcast
};

/// What happened to a recipient's deliveries, for the question whether late joiners starve.
struct Recipient {
  Moment joined = never;           ///< its login was confirmed
  std::chrono::nanoseconds sum{};  ///< of its deliveries' times
  std::uint64_t deliveries = 0;
  std::uint32_t last_rank = 0;
  bool stays = true;           ///< has been there from the start, and never left
  bool missed_nothing = true;  ///< no gap yet: may say in which order broadcasts come
};

struct Counts {
  std::uint64_t deliveries = 0;   ///< distinct, eligible, of measured broadcasts
  std::uint64_t duplicates = 0;   ///< further copies
  std::uint64_t fifo_breaks = 0;  ///< arrived after a later one of the same sender
  std::uint64_t order_checked = 0;
  std::uint64_t order_breaks = 0;  ///< arrived after one that somebody else got later
  std::uint64_t unasked = 0;       ///< for recipients that were not eligible
  std::uint64_t impossible = 0;    ///< tags that were never sent: corrupted
  void add(const Counts& other);
};

/// What a copy was that arrived.
enum class Copy {
  uncounted,  ///< a further one, or one that nobody waited for
  first,
  last,  ///< first for this recipient, and now all recipients of this ledger have the broadcast
};

class Ledger {
 public:
  /// `log` outlives the ledger.
  Ledger(SendLog& log, std::uint32_t recipients);

  /// Broadcasts that are due from `begin` on, and before `end`, are measured; others are only watched. An
  /// interval of the series is one `step` long.
  void measure(Moment begin, Moment end, std::chrono::nanoseconds step);

  /// Notes what arrives from senders with other clocks, so that it can be timed later.
  void keep_far_arrivals();

  void join(std::uint32_t recipient, Moment at);
  /// It begins to leave: what has not arrived by now is not expected any more, except what later broadcasts
  /// of the same sender have overtaken.
  void leave(std::uint32_t recipient);

  Copy deliver(std::uint32_t recipient, Tag tag, Moment at);

  /// No more deliveries: closes the last interval and the stays of those who came and went.
  void finish(Moment at);

  std::uint64_t first_copies() const { return first_copies_; }  ///< warm-up included
  const Counts& counts() const { return counts_; }
  const Reception& reception(std::size_t index) const { return receptions_[index]; }
  const std::vector<Recipient>& recipients() const { return recipients_; }
  std::uint32_t staying() const { return staying_; }  ///< recipients of all broadcasts; known once finished
  const DeliveryTimes& times() const { return times_; }
  /// The same of what came from senders with other clocks, now that it is known when they sent what, by ours.
  DeliveryTimes far_times(const std::vector<Sent>& sends, Moment end) const;
  /// The shortest of them since it was written, if there are any.
  std::optional<std::chrono::nanoseconds> shortest_far_time(const std::vector<Sent>& sends) const;

 private:
  void note_order(Recipient& recipient, std::size_t index);
  enum class Place { next, ahead, late, copy };
  Place place_of(std::uint32_t recipient, Tag tag);
  void close_stay(std::uint32_t recipient, bool still_there);
  std::uint64_t missing_key(std::uint32_t recipient, Tag tag) const {
    return std::uint64_t{recipient} * log_.size() + log_.index_of(tag);
  }

  SendLog& log_;
  std::vector<Recipient> recipients_;
  std::vector<std::uint32_t> next_;   // by recipient, then sender: the sequence that should come next
  std::vector<std::uint32_t> first_;  // the same: where the stay began; empty while all stay
  std::unordered_set<std::uint64_t> missing_;  // overtaken, and not seen since
  ZeroPages<Reception> receptions_;
  Moment begin_ = Moment::max(), end_ = Moment::max();
  std::chrono::nanoseconds step_{};
  Counts counts_;
  std::uint64_t first_copies_ = 0;
  std::uint32_t present_ = 0;  // have joined, and not left
  std::uint32_t staying_ = 0;
  DeliveryTimes times_;
  bool keeps_far_arrivals_ = false;
  std::vector<FarArrival> far_arrivals_;
};

}  // namespace chatlab::loadgen
