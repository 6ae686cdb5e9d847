#include "loadgen/figures.hpp"

#include <algorithm>
#include <map>

namespace chatlab::loadgen {
namespace {

Reception combined(std::span<const Ledger* const> ledgers, std::size_t index) {
  Reception all;
  for (const auto* ledger : ledgers) {
    const auto& one = ledger->reception(index);
    all.expected += one.expected + ledger->staying();
    if (one.received == 0) continue;
    all.first_ns = all.received == 0 ? one.first_ns : std::min(all.first_ns, one.first_ns);
    all.last_ns = std::max(all.last_ns, one.last_ns);
    all.received += one.received;
  }
  return all;
}

void count_broadcast(Figures& figures, const Reception& reception, Moment intended, Moment written) {
  ++figures.broadcasts;
  if (written == never) {
    figures.send_lag.record_over_range(1);
  } else {
    ++figures.written;
    figures.send_lag.record(written - intended);
  }
  if (reception.expected == 0) return;
  if (reception.first_ns == 0) {
    figures.first.record_over_range(1);
  } else {
    figures.first.record(Moment(reception.first_ns) - intended);
  }
  if (reception.received < reception.expected) {
    figures.completion.record_over_range(1);
    figures.spread.record_over_range(1);
    figures.completions_us.push_back(Figures::lost_us);
    return;
  }
  ++figures.complete;
  const auto completion = Moment(reception.last_ns) - intended;
  figures.completion.record(completion);
  figures.spread.record(Moment(reception.last_ns - reception.first_ns));
  figures.completions_us.push_back(completion.count() / 1000);
}

/// What several processes have told each other. Empty where there is one.
struct Shared {
  std::vector<Reception> receptions;
  std::vector<Sent> sends;
};

Shared share(const SendLog& log, std::span<const Ledger* const> ledgers, Ensemble& ensemble) {
  Shared shared;
  if (ensemble.size() == 1) return shared;
  shared.receptions.reserve(log.size());
  shared.sends.reserve(log.size());
  for (std::size_t index = 0; index < log.size(); ++index) {
    shared.receptions.push_back(combined(ledgers, index));
    shared.sends.push_back(ensemble.is_own(log.tag_of(index).sender) ? log.sent(index) : Sent());
  }
  ensemble.exchange(shared.sends);
  ensemble.put_together(shared.receptions);
  return shared;
}

/// Deliveries of broadcasts that were first seen in another order here than at the first process.
std::uint64_t breaks_of_order(const SendLog& log, std::span<const Ledger* const> ledgers,
                              Ensemble& ensemble) {
  std::vector<std::uint32_t> here(log.size());  // by broadcast: its rank, from 1; 0: none
  for (std::size_t index = 0; index < here.size(); ++index) here[index] = log.rank(index);
  const auto first = ensemble.agree(here);
  std::vector<std::uint32_t> by_rank(here.size() + 1);  // the broadcast, from 1; 0: none
  for (std::size_t index = 0; index < here.size(); ++index) {
    if (here[index] < by_rank.size()) by_rank[here[index]] = static_cast<std::uint32_t>(index) + 1;
  }
  std::uint64_t breaks = 0;
  std::uint32_t highest = 0;
  for (std::size_t rank = 1; rank < by_rank.size(); ++rank) {
    if (by_rank[rank] == 0) continue;
    const auto index = by_rank[rank] - 1;
    if (first[index] == 0) continue;
    if (first[index] < highest) breaks += combined(ledgers, index).received;
    highest = std::max(highest, first[index]);
  }
  return breaks;
}

void add_times(Figures& figures, const DeliveryTimes& times) {
  figures.delivery.merge(times.delivery());
  figures.raw.merge(times.raw());
  figures.intervals.insert(figures.intervals.end(), times.intervals().begin(), times.intervals().end());
}

}  // namespace

Figures tally(const SendLog& log, std::span<const Ledger* const> ledgers, Moment begin, Moment end,
              Ensemble& ensemble) {
  Figures figures;
  const auto [of_all, sends] = share(log, ledgers, ensemble);
  if (ensemble.size() > 1) figures.counts.order_breaks = breaks_of_order(log, ledgers, ensemble);
  const bool is_alone = ensemble.broken().has_value();
  // Behind a whole round in which nobody was due to send nobody sent any more: a closed loop's log has far
  // more room than it uses.
  std::size_t unused = 0;
  for (std::size_t index = 0; index < log.size() && unused <= log.senders(); ++index) {
    const auto intended = log.intended(index);
    unused = intended == never ? unused + 1 : 0;
    if (intended == never || intended < begin || intended >= end) continue;
    const auto own = combined(ledgers, index);
    const bool is_own = ensemble.is_own(log.tag_of(index).sender);
    // Others may have been interrupted before it was due; and on our own we cannot know.
    const bool was_sent = is_own || (!is_alone && sends[index].intended != never);
    figures.expected += was_sent ? own.expected : own.received;
    if (is_own) count_broadcast(figures, of_all.empty() ? own : of_all[index], intended, log.written(index));
  }
  for (const auto* ledger : ledgers) {
    figures.counts.add(ledger->counts());
    add_times(figures, ledger->times());
    if (!ensemble.clock_error() || is_alone) continue;
    add_times(figures, ledger->far_times(sends, end));
    if (const auto shortest = ledger->shortest_far_time(sends))
      figures.shortest_between_hosts =
          std::min(*shortest, figures.shortest_between_hosts.value_or(*shortest));
  }
  figures.counts.order_breaks = std::min(figures.counts.order_breaks, figures.counts.order_checked);
  // Those who never got it belong to the deliveries too: they wait for ever.
  figures.delivery.record_over_range(figures.lost());
  figures.raw.record_over_range(figures.lost());
  figures.intervals = merged(std::move(figures.intervals));
  return figures;
}

void Figures::hide_below(Microseconds least) {
  for (auto* times : {&completion, &first, &spread, &delivery, &raw}) times->hide_below(least);
  for (auto& completion_us : completions_us) {
    if (completion_us < least.count()) completion_us = Histogram::hidden.count();
  }
  for (auto& interval : intervals) {
    Histogram histogram;
    interval.add_to(histogram);
    histogram.hide_below(least);
    interval = Interval::of(histogram, interval.begin, interval.length);
  }
}

std::vector<Interval> merged(std::vector<Interval> intervals) {
  std::map<std::chrono::nanoseconds, std::vector<const Interval*>> by_begin;
  for (const auto& interval : intervals) by_begin[interval.begin].push_back(&interval);
  std::vector<Interval> result;
  for (const auto& [begin, parts] : by_begin) {
    Histogram histogram;
    std::chrono::nanoseconds length{};
    for (const auto* part : parts) {
      part->add_to(histogram);
      length = std::max(length, part->length);
    }
    result.push_back(Interval::of(histogram, begin, length));
  }
  return result;
}

std::vector<Interval> by_second(const std::vector<Interval>& intervals) {
  constexpr std::chrono::nanoseconds second = std::chrono::seconds(1);
  std::vector<Interval> seconds;
  Histogram times;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    intervals[i].add_to(times);
    const auto begin = intervals[i].begin / second * second;
    if (i + 1 < intervals.size() && intervals[i + 1].begin < begin + second) continue;
    const bool is_last = i + 1 == intervals.size();
    seconds.push_back(
        Interval::of(times, begin, is_last ? intervals[i].begin + intervals[i].length - begin : second));
    times.clear();
  }
  return seconds;
}

void Figures::add(const Figures& other) {
  completion.merge(other.completion);
  first.merge(other.first);
  spread.merge(other.spread);
  delivery.merge(other.delivery);
  raw.merge(other.raw);
  send_lag.merge(other.send_lag);
  counts.add(other.counts);
  broadcasts += other.broadcasts;
  written += other.written;
  complete += other.complete;
  expected += other.expected;
  completions_us.insert(completions_us.end(), other.completions_us.begin(), other.completions_us.end());
  const auto shortest = other.shortest_between_hosts;
  if (shortest) shortest_between_hosts = std::min(*shortest, shortest_between_hosts.value_or(*shortest));
}

}  // namespace chatlab::loadgen
