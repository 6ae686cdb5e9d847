#include "loadgen/ledger.hpp"

#include <algorithm>

namespace chatlab::loadgen {
namespace {

/// Overtaken broadcasts that are remembered one by one. A server that loses more is broken beyond telling
/// what came late from what came twice; further gaps count as lost, and their late arrivals as duplicates.
constexpr std::size_t most_missing = 4'000'000;

}  // namespace

void Counts::add(const Counts& other) {
  deliveries += other.deliveries;
  duplicates += other.duplicates;
  fifo_breaks += other.fifo_breaks;
  order_checked += other.order_checked;
  order_breaks += other.order_breaks;
  unasked += other.unasked;
  impossible += other.impossible;
}

Ledger::Ledger(SendLog& log, std::uint32_t recipients)
    : log_(log),
      recipients_(recipients),
      next_(std::size_t{recipients} * log.senders()),
      receptions_(log.size()) {}

void Ledger::measure(Moment begin, Moment end, std::chrono::nanoseconds step) {
  begin_ = begin;
  end_ = end;
  step_ = step;
  times_ = DeliveryTimes(begin, step);
}

void Ledger::keep_far_arrivals() {
  keeps_far_arrivals_ = true;
  // Never moved while it is measured; what is not used costs no memory.
  far_arrivals_.reserve(log_.far_senders() * (log_.size() / log_.senders()) * recipients_.size());
}

void Ledger::join(std::uint32_t number, Moment at) {
  auto& recipient = recipients_[number];
  recipient.joined = at;
  ++present_;
  if (recipient.stays) return;
  // What is due from now on is expected; it comes after what the sender was last due to send.
  for (std::uint32_t sender = 0; sender < log_.senders(); ++sender) {
    std::uint32_t sequence = first_[std::size_t{number} * log_.senders() + sender];
    for (auto index = log_.index_of({sender, sequence});
         index < log_.size() && log_.intended(index) != never && log_.intended(index) <= at;
         index = log_.index_of({sender, sequence})) {
      ++sequence;
    }
    first_[std::size_t{number} * log_.senders() + sender] = sequence;
    next_[std::size_t{number} * log_.senders() + sender] = sequence;
  }
}

void Ledger::leave(std::uint32_t number) {
  auto& recipient = recipients_[number];
  if (first_.empty()) first_.resize(next_.size());
  recipient.stays = false;
  --present_;
  close_stay(number, false);
  recipient.joined = Moment::max();
}

Copy Ledger::deliver(std::uint32_t number, Tag tag, Moment at) {
  const auto index = log_.index_of(tag);
  const auto written = index < log_.size() ? log_.written(index) : never;
  if (written == never) {
    ++counts_.impossible;
    return Copy::uncounted;
  }
  auto& recipient = recipients_[number];
  const auto intended = log_.intended(index);
  if (intended <= recipient.joined || recipient.joined == never) {
    ++counts_.unasked;
    return Copy::uncounted;
  }
  const bool measured = intended >= begin_ && intended < end_;
  const auto place = place_of(number, tag);
  if (place == Place::copy) {
    counts_.duplicates += measured;
    return Copy::uncounted;
  }
  if (place == Place::ahead) recipient.missed_nothing = false;
  if (place == Place::late) counts_.fifo_breaks += measured;
  note_order(recipient, index);
  ++first_copies_;
  auto& reception = receptions_[index];
  if (reception.received++ == 0) reception.first_ns = at.count();
  reception.last_ns = std::max<std::int64_t>(reception.last_ns, at.count());
  counts_.deliveries += measured;
  if (measured && !log_.is_far(tag.sender)) {
    times_.record(at - intended, at - written, at);
    recipient.sum += at - intended;
    ++recipient.deliveries;
  } else if (measured && keeps_far_arrivals_) {
    far_arrivals_.push_back({at, static_cast<std::uint32_t>(index)});
  }
  return reception.received == present_ ? Copy::last : Copy::first;
}

Ledger::Place Ledger::place_of(std::uint32_t number, Tag tag) {
  auto& next = next_[std::size_t{number} * log_.senders() + tag.sender];
  if (tag.sequence == next) [[likely]] {
    ++next;
    return Place::next;
  }
  if (tag.sequence < next) return missing_.erase(missing_key(number, tag)) ? Place::late : Place::copy;
  for (; next < tag.sequence; ++next) {
    if (missing_.size() < most_missing) missing_.insert(missing_key(number, {tag.sender, next}));
  }
  ++next;
  return Place::ahead;
}

void Ledger::note_order(Recipient& recipient, std::size_t index) {
  auto rank = log_.rank(index);
  if (rank == 0) {
    if (!recipient.missed_nothing || !recipient.stays) return;
    rank = log_.rank_as_next(index);
  }
  ++counts_.order_checked;
  if (rank < recipient.last_rank) {
    ++counts_.order_breaks;
  } else {
    recipient.last_rank = rank;
  }
}

void Ledger::close_stay(std::uint32_t number, bool still_there) {
  const auto joined = recipients_[number].joined;
  if (joined == never || joined == Moment::max()) return;
  for (std::uint32_t sender = 0; sender < log_.senders(); ++sender) {
    const auto place = std::size_t{number} * log_.senders() + sender;
    for (auto sequence = first_[place];; ++sequence) {
      const auto index = log_.index_of({sender, sequence});
      if (index >= log_.size() || log_.intended(index) == never) break;
      if (!still_there && sequence >= next_[place]) break;
      if (log_.intended(index) > joined) ++receptions_[index].expected;
    }
    first_[place] = next_[place];
  }
}

void Ledger::finish(Moment at) {
  times_.finish(at);
  for (std::uint32_t number = 0; number < recipients_.size(); ++number) {
    if (!recipients_[number].stays) close_stay(number, true);
    if (recipients_[number].stays && recipients_[number].joined != never) ++staying_;
  }
}

DeliveryTimes Ledger::far_times(const std::vector<Sent>& sends, Moment end) const {
  DeliveryTimes times(begin_, step_);
  for (const auto& [at, index] : far_arrivals_) {
    const auto& sent = sends[index];
    if (sent.written != never) times.record(at - sent.intended, at - sent.written, at);
  }
  times.finish(end);
  return times;
}

std::optional<std::chrono::nanoseconds> Ledger::shortest_far_time(const std::vector<Sent>& sends) const {
  std::optional<std::chrono::nanoseconds> shortest;
  for (const auto& [at, index] : far_arrivals_) {
    if (sends[index].written == never) continue;
    const auto time = at - sends[index].written;
    shortest = std::min(time, shortest.value_or(time));
  }
  return shortest;
}

}  // namespace chatlab::loadgen
