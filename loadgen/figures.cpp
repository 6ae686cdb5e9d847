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

}  // namespace

Figures tally(const SendLog& log, std::span<const Ledger* const> ledgers, Moment begin, Moment end,
              Ensemble& ensemble) {
  Figures figures;
  std::vector<Reception> of_all;
  if (ensemble.size() > 1) {
    for (std::size_t index = 0; index < log.size(); ++index) of_all.push_back(combined(ledgers, index));
    ensemble.put_together(of_all);
  }
  // Behind a whole round in which nobody was due to send nobody sent any more: a closed loop's log has far
  // more room than it uses.
  std::size_t unused = 0;
  for (std::size_t index = 0; index < log.size() && unused <= log.senders(); ++index) {
    const auto intended = log.intended(index);
    unused = intended == never ? unused + 1 : 0;
    if (intended == never || intended < begin || intended >= end) continue;
    const auto own = combined(ledgers, index);
    figures.expected += own.expected;
    if (!ensemble.is_own(log.tag_of(index).sender)) continue;
    count_broadcast(figures, of_all.empty() ? own : of_all[index], intended, log.written(index));
  }
  std::vector<Interval> intervals;
  for (const auto* ledger : ledgers) {
    figures.counts.add(ledger->counts());
    figures.delivery.merge(ledger->delivery());
    figures.raw.merge(ledger->raw());
    intervals.insert(intervals.end(), ledger->intervals().begin(), ledger->intervals().end());
  }
  // Those who never got it belong to the deliveries too: they wait for ever.
  figures.delivery.record_over_range(figures.lost());
  figures.raw.record_over_range(figures.lost());
  figures.intervals = merged(std::move(intervals));
  return figures;
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
}

}  // namespace chatlab::loadgen
