#include "loadgen/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

using Take = std::optional<double> (*)(const ComparedRound&);

bool is_usable(const ComparedRound& round) {
  return round.trust != Trust::invalid && !round.completions_us.empty();
}

/// What a result alone says against its server.
Standing standing_of(const Result& result, std::string& why) {
  if (result.unreachable) {
    why = *result.unreachable;
    return Standing::dead;
  }
  if (result.died) {
    why = fmt::format("it died: {}", result.first_end);
    return Standing::dead;
  }
  if (integrity_kept(result)) return Standing::ranked;
  const auto& counts = result.figures.counts;
  const auto damaged = counts.duplicates + counts.fifo_breaks + counts.order_breaks + counts.impossible +
                       result.oddities.corrupted;
  // On a machine that stands still messages come too late; none comes twice, or changes, by that.
  if (result.verdict.trust == Trust::invalid && damaged == 0) return Standing::ranked;
  why = fmt::format(
      "of {} deliveries {} were lost, {} came twice, {} late, {} changed; it ended {} connections",
      result.figures.expected, result.figures.lost(), counts.duplicates,
      counts.fifo_breaks + counts.order_breaks, result.oddities.corrupted + counts.impossible, result.ended);
  return Standing::lossy;
}

void judge_standing(Contender& contender) {
  for (std::size_t i = 0; i < contender.results.size(); ++i) {
    std::string why;
    const auto standing = standing_of(contender.results[i], why);
    if (standing <= contender.standing) continue;
    contender.standing = standing;
    contender.why = fmt::format("round {}: {}", i + 1, why);
  }
  if (contender.standing != Standing::ranked) return;
  const auto usable =
      static_cast<std::size_t>(std::count_if(contender.rounds.begin(), contender.rounds.end(), is_usable));
  if (usable >= fewest_rounds && 2 * usable >= contender.rounds.size()) return;
  contender.standing = Standing::unsure;
  contender.why = fmt::format("of {} rounds only {} can be used", contender.rounds.size(), usable);
  for (const auto& result : contender.results) {
    if (result.verdict.trust != Trust::invalid || result.verdict.reasons.empty()) continue;
    contender.why += fmt::format(": {}", result.verdict.reasons.front());
    break;
  }
}

/// Rounds in which both can be used, where both had their turn in the same round; else each one's own.
struct Usable {
  std::vector<const ComparedRound*> of, to;
  Pairing pairing = Pairing::paired;
};

Usable usable_rounds(const Contender& of, const Contender& to) {
  Usable usable;
  if (of.from_baseline || to.from_baseline) {
    usable.pairing = Pairing::separate;
    for (const auto& round : of.rounds)
      if (is_usable(round)) usable.of.push_back(&round);
    for (const auto& round : to.rounds)
      if (is_usable(round)) usable.to.push_back(&round);
    return usable;
  }
  for (std::size_t i = 0; i < std::min(of.rounds.size(), to.rounds.size()); ++i) {
    if (!is_usable(of.rounds[i]) || !is_usable(to.rounds[i])) continue;
    usable.of.push_back(&of.rounds[i]);
    usable.to.push_back(&to.rounds[i]);
  }
  return usable;
}

template <class MakeRound>
Ratio ratio_of(const Contender& of, const Contender& to, const MakeRound& make_round, std::uint64_t seed) {
  const auto usable = usable_rounds(of, to);
  std::vector<Round> of_rounds, to_rounds;
  for (const auto* round : usable.of) of_rounds.push_back(make_round(*round));
  for (const auto* round : usable.to) to_rounds.push_back(make_round(*round));
  return ratio(of_rounds, to_rounds, usable.pairing, seed);
}

/// `make_round`: a ComparedRound to a Round; `has`: whether it has this figure at all.
template <class MakeRound, class Has>
Measure measure_of(const Comparison& comparison, std::string name, Measure::Unit unit, MakeRound make_round,
                   Has has) {
  Measure measure{std::move(name), unit, {}};
  const auto& base = comparison.contenders[comparison.base];
  const auto has_all = [&](const Contender& contender) {
    return std::all_of(contender.rounds.begin(), contender.rounds.end(),
                       [&](const auto& round) { return !is_usable(round) || has(round); });
  };
  for (const auto& contender : comparison.contenders) {
    auto& entry = measure.entries.emplace_back();
    double sum = 0;
    int count = 0;
    for (const auto& round : contender.rounds) {
      if (round.completions_us.empty() || !has(round)) continue;
      sum += make_round(round).log;
      ++count;
    }
    if (count > 0) entry.value = std::exp(sum / count);
    if (&contender == &base || contender.standing != Standing::ranked || base.standing != Standing::ranked)
      continue;
    if (!has_all(contender) || !has_all(base)) continue;
    entry.ratio = ratio_of(contender, base, make_round, comparison.settings.seed);
    entry.difference = difference(entry.ratio);
  }
  return measure;
}

Measure number_measure(const Comparison& comparison, std::string name, Measure::Unit unit, Take take) {
  return measure_of(
      comparison, std::move(name), unit,
      [take](const ComparedRound& round) { return number_of_round(*take(round)); },
      [take](const ComparedRound& round) { return take(round).value_or(0) > 0; });
}

Measure percentile_measure(const Comparison& comparison, double percent) {
  return measure_of(
      comparison, fmt::format("p{:g}", percent), Measure::Unit::microseconds,
      [&, percent](const ComparedRound& round) {
        auto seed = comparison.settings.seed;  // the same within for all: it is no part of what differs
        return percentile_of_round(round.completions_us, percent, seed);
      },
      [](const ComparedRound&) { return true; });
}

std::string sentence(const Comparison& comparison, std::size_t number) {
  const auto& contender = comparison.contenders[number];
  const auto& base = comparison.contenders[comparison.base];
  if (contender.standing != Standing::ranked)
    return fmt::format("{} is not ranked. {}.", contender.name, contender.why);
  if (number == comparison.base) return "";
  if (base.standing != Standing::ranked)
    return fmt::format("{} has nothing to be compared with: {} is not ranked.", contender.name, base.name);
  const auto& entry = comparison.measures.front().entries[number];
  const auto interval =
      fmt::format("{:.2f} times as long until everybody has a message (median; {:g} %: {:.2f} to {:.2f})",
                  entry.ratio.ratio, sureness_percent, entry.ratio.low, entry.ratio.high);
  switch (entry.difference) {
    case Difference::slower:
      return fmt::format("{} is slower than {}: it takes {}.", contender.name, base.name, interval);
    case Difference::faster:
      return fmt::format("{} is faster than {}: it takes {}.", contender.name, base.name, interval);
    case Difference::unknown:
      return fmt::format("Nothing can be said of {} against {}: fewer than {} rounds can be used.",
                         contender.name, base.name, fewest_rounds);
    case Difference::none:
      break;
  }
  const auto rounds = usable_rounds(contender, base).of.size();
  const auto for_10 = rounds_to_show(entry.ratio, rounds, 0.10);
  return fmt::format(
      "Between {} and {} there is no difference that this run can show: {} takes {}.{}", contender.name,
      base.name, contender.name, interval,
      for_10 > rounds ? fmt::format(" To see one of 10 % on this machine, say --rounds {}.", for_10) : "");
}

}  // namespace

ComparedRound compared(const Result& result) {
  ComparedRound round;
  round.trust = result.verdict.trust;
  round.deliveries_per_s = result.deliveries_per_s();
  for (const auto completion : result.figures.completions_us) {
    if (completion != Figures::lost_us) round.completions_us.push_back(completion);
  }
  if (result.server && result.figures.counts.deliveries > 0) {
    round.server_cpu_us =
        in_seconds(result.server->cpu) * 1e6 / static_cast<double>(result.figures.counts.deliveries);
    round.server_memory_bytes = static_cast<double>(result.server->resident_bytes);
  }
  return round;
}

void judge(Comparison& comparison) {
  auto& contenders = comparison.contenders;
  for (auto& contender : contenders) judge_standing(contender);
  // The baseline, or the first one that can be a base at all.
  const auto is_base = [](const Contender& contender) { return contender.from_baseline; };
  const auto can_be = [](const Contender& contender) { return contender.standing == Standing::ranked; };
  auto base = std::find_if(contenders.begin(), contenders.end(), is_base);
  if (base == contenders.end()) base = std::find_if(contenders.begin(), contenders.end(), can_be);
  comparison.base = base == contenders.end() ? 0 : static_cast<std::size_t>(base - contenders.begin());
  comparison.measures = {percentile_measure(comparison, 50), percentile_measure(comparison, 90),
                         percentile_measure(comparison, 99)};
  comparison.measures.push_back(
      number_measure(comparison, "CPU", Measure::Unit::microseconds_of_cpu,
                     [](const ComparedRound& round) { return round.server_cpu_us; }));
  comparison.measures.push_back(
      number_measure(comparison, "memory", Measure::Unit::bytes,
                     [](const ComparedRound& round) { return round.server_memory_bytes; }));
  comparison.verdict.clear();
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    auto words = sentence(comparison, i);
    if (!words.empty()) comparison.verdict.push_back(std::move(words));
  }
}

std::vector<std::vector<std::size_t>> turns(std::size_t servers, std::uint32_t rounds, std::uint64_t seed) {
  std::vector<std::size_t> order(servers);
  for (std::size_t i = 0; i < servers; ++i) order[i] = i;
  std::mt19937_64 random(seed);
  std::vector<std::vector<std::size_t>> all;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    if (round % 2) {
      std::reverse(order.begin(), order.end());
    } else {
      for (std::size_t i = servers; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    }
    all.push_back(order);
  }
  return all;
}

ExitCode exit_code(const Comparison& comparison, std::optional<double> fail_if_slower) {
  Standing worst = Standing::ranked;
  for (const auto& contender : comparison.contenders) worst = std::max(worst, contender.standing);
  if (worst == Standing::dead) return ExitCode::unreachable;
  if (worst == Standing::unsure) return ExitCode::invalid;
  if (worst != Standing::ranked) return ExitCode::integrity;
  for (const auto& entry : comparison.measures.front().entries) {
    if (fail_if_slower && entry.difference == Difference::slower && entry.ratio.ratio > 1 + *fail_if_slower)
      return ExitCode::slo_missed;
  }
  return ExitCode::ok;
}

std::string in_words(const Measure& measure, std::optional<double> value) {
  if (!value) return "-";
  switch (measure.unit) {
    case Measure::Unit::microseconds:
      return time_in_words(std::chrono::microseconds(std::llround(*value)));
    case Measure::Unit::microseconds_of_cpu:
      return fmt::format("{:.2f} us", *value);
    case Measure::Unit::bytes:
      break;
  }
  return number_in_words(*value) + "B";
}

std::string in_words(const Measure& measure, Difference difference) {
  const bool is_time = measure.unit == Measure::Unit::microseconds;
  switch (difference) {
    case Difference::slower:
      return is_time ? "slower" : "more";
    case Difference::faster:
      return is_time ? "faster" : "less";
    case Difference::none:
      return "no difference";
    case Difference::unknown:
      break;
  }
  return "";
}

}  // namespace chatlab::loadgen
