#include "loadgen/climb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/payload.hpp"

namespace chatlab::loadgen {
namespace {

constexpr double least_achieved = 0.99;  // of what was offered
constexpr double any_machines_deliveries_per_s = 5e6, most_rate_per_s = 1e6;
constexpr double most_clients = 20'000;  // ports, and rosters that grow with the square

}  // namespace

Held judge_window(const Result& result, const std::vector<Slo>& slos, SearchStep::Why step,
                  std::string& why) {
  if (result.unreachable) {
    why = *result.unreachable;
    return Held::no;
  }
  if (result.died) {
    why = "the server died";
    return Held::no;
  }
  if (result.verdict.trust == Trust::invalid) {
    why = fmt::format("INVALID: {}", result.verdict.reasons.empty() ? "" : result.verdict.reasons.front());
    return Held::cannot_tell;
  }
  for (const auto& slo : slos) {
    const auto judged = hold_against(slo, result.figures);
    if (judged.kept) continue;
    why = fmt::format("{} was {}", slo.text, judged.measured);
    return Held::no;
  }
  if (!integrity_kept(result)) {
    why = fmt::format("reach {:.3f} %, {} lost, {} ended", result.figures.reach() * 100,
                      result.figures.lost(), result.ended);
    return Held::no;
  }
  if (result.achieved_per_s() < least_achieved * result.offered_per_s()) {
    why = fmt::format("{:.1f}/s achieved of {:.1f}/s", result.achieved_per_s(), result.offered_per_s());
    return Held::no;
  }
  if (!backlog_is_flat(result.progressions, result.settings.recipients())) {
    why = "the backlog grew";
    return Held::no;
  }
  if (step == SearchStep::Why::confirm && result.verdict.trust != Trust::valid) {
    why = fmt::format("SUSPECT: {}", result.verdict.reasons.empty() ? "" : result.verdict.reasons.front());
    return Held::cannot_tell;
  }
  return Held::yes;
}

Range range_of(const Options& options) {
  const auto& run = options.run;
  Range range;
  switch (options.axis) {
    case Axis::rate:
      range.first = run.rate_per_s;
      range.least = 1;
      range.most = std::max(1.0, std::min(most_rate_per_s, any_machines_deliveries_per_s / run.recipients()));
      break;
    case Axis::clients:
      range = {static_cast<double>(run.clients), 2, most_clients, Range().resolution, true};
      range.most =
          std::min(range.most, std::max(2.0, std::floor(any_machines_deliveries_per_s / run.rate_per_s)));
      break;
    case Axis::payload:
      range = {static_cast<double>(run.text_bytes), static_cast<double>(Vocabulary::least_text_bytes),
               static_cast<double>(Vocabulary::most_text_bytes), Range().resolution, true};
      break;
  }
  range.first = std::clamp(range.first, range.least, range.most);
  return range;
}

std::string load_in_words(Axis axis, double load) {
  switch (axis) {
    case Axis::rate:
      return fmt::format("{:g} broadcasts/s", load);
    case Axis::clients:
      return fmt::format("{:g} clients", load);
    case Axis::payload:
      break;
  }
  return fmt::format("{:g} B", load);
}

std::string in_words(const Climb& climb, Axis axis) {
  if (climb.failure) return fmt::format("{} cannot be measured: {}", climb.name, *climb.failure);
  const auto& finding = climb.finding;
  const auto beyond = [&]() -> std::string {
    switch (finding.limit) {
      case Finding::Limit::server:
        return finding.failed > 0 ? fmt::format("; {} were too much", load_in_words(axis, finding.failed))
                                  : "";
      case Finding::Limit::generator:
        return "; beyond it the generator is the limit, so the server may hold more";
      case Finding::Limit::range:
        return "; more is not tried";
      case Finding::Limit::patience:
        break;
    }
    return fmt::format("; ended after {} windows", Search::most_windows);
  }();
  if (finding.load == 0) {
    if (finding.limit == Finding::Limit::generator)
      return fmt::format("{}: nothing can be said, the generator itself is the limit", climb.name);
    return fmt::format("{} holds no load that was tried, down to {}", climb.name,
                       load_in_words(axis, finding.failed));
  }
  const auto achieved =
      axis == Axis::rate ? fmt::format(" ({:.1f}/s achieved)", climb.achieved) : std::string();
  return fmt::format(
      "{} holds {}{}{}{}", climb.name, load_in_words(axis, finding.load), achieved,
      finding.confirmed ? ", three times over" : ", which could not be confirmed by VALID windows", beyond);
}

ExitCode exit_code(const Sweep& sweep) {
  auto code = ExitCode::ok;
  for (const auto& climb : sweep.climbs) {
    if (climb.failure) return ExitCode::unreachable;
    if (climb.finding.confirmed) continue;
    const bool is_generator = climb.finding.limit == Finding::Limit::generator || climb.finding.load > 0;
    if (is_generator) code = ExitCode::invalid;
    if (!is_generator && code == ExitCode::ok) code = ExitCode::slo_missed;
  }
  return code;
}

}  // namespace chatlab::loadgen
