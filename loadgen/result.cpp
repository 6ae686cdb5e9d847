#include "loadgen/result.hpp"

namespace chatlab::loadgen {
namespace {

double per_second(std::uint64_t count, std::chrono::nanoseconds length) {
  return length.count() > 0 ? static_cast<double>(count) / in_seconds(length) : 0;
}

}  // namespace

double Result::offered_per_s() const {
  return per_second(figures.broadcasts, measured);
}
double Result::achieved_per_s() const {
  return per_second(figures.written, measured);
}
double Result::deliveries_per_s() const {
  return per_second(figures.counts.deliveries, measured);
}

bool backlog_is_flat(const std::vector<Progression>& progressions, std::uint32_t recipients) {
  constexpr std::size_t fewest = 6;      // of less the halves say nothing
  constexpr double some_broadcasts = 3;  // under way at one moment and not at another
  constexpr double share = 0.02;         // of what was delivered: a rate that falls behind by less is kept
  const auto third = progressions.size() / 3;
  if (progressions.size() < fewest) return true;
  double early = 0, late = 0;
  for (std::size_t i = 0; i < third; ++i) {
    early += static_cast<double>(progressions[i].backlog) / static_cast<double>(third);
    late +=
        static_cast<double>(progressions[progressions.size() - 1 - i].backlog) / static_cast<double>(third);
  }
  return late - early <=
         some_broadcasts * recipients + share * static_cast<double>(progressions.back().delivered);
}

bool integrity_kept(const Result& result) {
  const auto& counts = result.figures.counts;
  return result.figures.lost() == 0 && counts.duplicates == 0 && counts.fifo_breaks == 0 &&
         counts.order_breaks == 0 && counts.impossible == 0 && result.oddities.corrupted == 0 &&
         result.ended == 0;
}

std::string bottleneck(const Result& result) {
  constexpr double busy = 0.9;  // of a core: a loop that hardly sleeps
  const bool generator = result.health.cpu_share >= busy;
  const bool server = result.server && result.server->cpu_share() >= busy;
  if (generator && server) return "both sides were busy all the time";
  if (generator) return "the generator was the bottleneck";
  if (server) return "the server was the bottleneck";
  return "neither side was busy all the time";
}

ExitCode exit_code(const Result& result) {
  // A server that is gone explains everything else; an invalid measurement proves neither losses nor speed.
  if (result.unreachable || result.died) return ExitCode::unreachable;
  if (result.verdict.trust == Trust::invalid) return ExitCode::invalid;
  if (!integrity_kept(result)) return ExitCode::integrity;
  for (const auto& slo : result.slos) {
    if (!slo.kept) return ExitCode::slo_missed;
  }
  return ExitCode::ok;
}

}  // namespace chatlab::loadgen
