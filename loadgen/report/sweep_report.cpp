#include "loadgen/report/sweep_report.hpp"

#include <fmt/format.h>

#include "loadgen/report/json_parts.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

std::string_view to_string(SearchStep::Why why) {
  constexpr std::string_view words[] = {"climb", "narrow", "confirm"};
  return words[static_cast<std::size_t>(why)];
}

std::string_view to_string(Held held) {
  constexpr std::string_view words[] = {"yes", "no", "cannot tell"};
  return words[static_cast<std::size_t>(held)];
}

std::string_view to_string(Finding::Limit limit) {
  constexpr std::string_view words[] = {"server", "generator", "range", "patience"};
  return words[static_cast<std::size_t>(limit)];
}

Json time_json(std::optional<Microseconds> time) {
  return time ? Json(time->count()) : Json();
}

Json window_of(const SweepWindow& window) {
  const auto& result = window.result;
  const auto& completion = result.figures.completion;
  return {{"load", window.step.load},
          {"why", to_string(window.step.why)},
          {"held", to_string(window.held)},
          {"reason", window.why},
          {"trust", loadgen::to_string(result.verdict.trust)},
          {"offered_per_s", result.offered_per_s()},
          {"achieved_per_s", result.achieved_per_s()},
          {"reach", result.figures.reach()},
          {"completion_p50_us", time_json(completion.percentile(50))},
          {"completion_p99_us", time_json(completion.percentile(99))}};
}

}  // namespace

std::string text_report(const Sweep& sweep, bool) {
  std::string text = fmt::format("{}\n", load_in_words(sweep.settings, sweep.axis));
  for (const auto& slo : sweep.slos)
    text += fmt::format("held: {}, nothing lost, as fast as offered\n", slo.text);
  if (sweep.interrupted) text += "interrupted: what follows is what was seen until then\n";
  for (const auto& climb : sweep.climbs) text += fmt::format("\n{}.\n", in_words(climb, sweep.axis));
  return text;
}

std::string json_report(const Sweep& sweep) {
  auto targets = Json::array();
  for (const auto& climb : sweep.climbs) {
    auto windows = Json::array();
    for (const auto& window : climb.windows) windows.push_back(window_of(window));
    const auto& finding = climb.finding;
    targets.push_back({{"name", climb.name},
                       {"server", climb.words},
                       {"failure", climb.failure ? Json(*climb.failure) : Json()},
                       {"held", finding.load > 0 ? Json(finding.load) : Json()},
                       {"achieved_per_s", finding.load > 0 ? Json(climb.achieved) : Json()},
                       {"confirmed", finding.confirmed},
                       {"limit", to_string(finding.limit)},
                       {"failed", finding.failed > 0 ? Json(finding.failed) : Json()},
                       {"words", in_words(climb, sweep.axis)},
                       {"windows", std::move(windows)}});
  }
  auto slos = Json::array();
  for (const auto& slo : sweep.slos) slos.push_back(slo.text);
  const Json report = {{"tool", "chatlab-loadgen"},
                       {"version", CHATLAB_VERSION},
                       {"format", 1},
                       {"kind", "sweep"},
                       {"by", loadgen::to_string(sweep.axis)},
                       {"interrupted", sweep.interrupted},
                       {"slos", std::move(slos)},
                       {"settings", settings_json(sweep.settings)},
                       {"machine", machine_json()},
                       {"targets", std::move(targets)}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string csv_report(const Sweep& sweep) {
  std::string text = "server,load,why,held,trust,offered_per_s,achieved_per_s,reach,p50_us,p99_us\n";
  for (const auto& climb : sweep.climbs) {
    for (const auto& window : climb.windows) {
      const auto& result = window.result;
      const auto time = [&](double percent) {
        const auto value = result.figures.completion.percentile(percent);
        return value ? std::to_string(value->count()) : "";
      };
      text += fmt::format("{},{:g},{},{},{},{:.1f},{:.1f},{:.6f},{},{}\n", csv_field(climb.name),
                          window.step.load, to_string(window.step.why), to_string(window.held),
                          loadgen::to_string(result.verdict.trust), result.offered_per_s(),
                          result.achieved_per_s(), result.figures.reach(), time(50), time(99));
    }
  }
  return text;
}

}  // namespace chatlab::loadgen
