#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "loadgen/machine.hpp"
#include "loadgen/report/comparison_report.hpp"
#include "loadgen/report/json_parts.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::size_t most_kept = 4000;  // completions of a round: as many as the bootstrap looks at

std::string_view to_string(Standing standing) {
  constexpr std::string_view words[] = {"ranked", "unsure", "lossy", "refused", "dead"};
  return words[static_cast<std::size_t>(standing)];
}

std::string_view to_string(Difference difference) {
  constexpr std::string_view words[] = {"none", "faster", "slower", "unknown"};
  return words[static_cast<std::size_t>(difference)];
}

Json optional_number(std::optional<double> number) {
  return number && std::isfinite(*number) ? Json(*number) : Json();
}

Json round_of(const ComparedRound& round) {
  auto completions = Json::array();
  const auto every = round.completions_us.size() / most_kept + 1;
  for (std::size_t i = 0; i < round.completions_us.size(); i += every)
    completions.push_back(round.completions_us[i]);
  return {{"trust", loadgen::to_string(round.trust)},
          {"deliveries_per_s", round.deliveries_per_s},
          {"server_cpu_us_per_delivery", optional_number(round.server_cpu_us)},
          {"server_memory_bytes", optional_number(round.server_memory_bytes)},
          {"completions_us", std::move(completions)}};
}

Json entry_of(const Measure& measure, std::size_t number) {
  const auto& entry = measure.entries[number];
  const bool is_known = entry.ratio.is_known();
  return {{"value", optional_number(entry.value)},
          {"ratio", is_known ? optional_number(entry.ratio.ratio) : Json()},
          {"low", is_known ? optional_number(entry.ratio.low) : Json()},
          {"high", is_known ? optional_number(entry.ratio.high) : Json()},
          {"difference", to_string(entry.difference)}};
}

ComparedRound round_from(const nlohmann::json& given) {
  ComparedRound round;
  for (const auto trust : {Trust::valid, Trust::suspect, Trust::invalid}) {
    if (given.at("trust").get<std::string>() == loadgen::to_string(trust)) round.trust = trust;
  }
  given.at("completions_us").get_to(round.completions_us);
  given.at("deliveries_per_s").get_to(round.deliveries_per_s);
  const auto& cpu = given.at("server_cpu_us_per_delivery");
  if (!cpu.is_null()) round.server_cpu_us = cpu.get<double>();
  const auto& memory = given.at("server_memory_bytes");
  if (!memory.is_null()) round.server_memory_bytes = memory.get<double>();
  return round;
}

/// The settings that make a load another one.
std::string other_load(const nlohmann::json& then, const Json& now) {
  for (const char* name : {"clients", "senders", "loop", "rate_per_s", "in_flight_per_sender", "arrivals",
                           "payload_bytes", "churn_per_s", "slow"}) {
    if (then.at(name) != nlohmann::json(now.at(name)))
      return fmt::format("{} was {}, and is {} now", name, then.at(name).dump(), now.at(name).dump());
  }
  return "";
}

Baseline baseline_from(const nlohmann::json& report, const nlohmann::json& target, const std::string& path) {
  Baseline baseline;
  auto& contender = baseline.contender;
  contender.from_baseline = true;
  contender.name = fmt::format("{} (baseline)", target.at("name").get<std::string>());
  contender.words = fmt::format("{}, from {}", target.at("server").get<std::string>(), path);
  for (const auto& round : target.at("rounds")) contender.rounds.push_back(round_from(round));
  if (target.at("standing") == "lossy" || target.at("standing") == "dead" ||
      target.at("standing") == "refused") {
    contender.standing = target.at("standing") == "lossy" ? Standing::lossy : Standing::dead;
    contender.why = target.at("why").get<std::string>();
  }
  if (report.at("machine") != nlohmann::json(machine_json()))
    baseline.remarks.push_back(
        "The baseline was measured on another machine, or with another kernel: what differs may be that.");
  return baseline;
}

}  // namespace

std::string json_report(const Comparison& comparison) {
  auto targets = Json::array();
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    const auto& contender = comparison.contenders[i];
    auto rounds = Json::array();
    for (const auto& round : contender.rounds) rounds.push_back(round_of(round));
    Json figures = Json::object();
    for (const auto& measure : comparison.measures) figures[measure.name] = entry_of(measure, i);
    targets.push_back({{"name", contender.name},
                       {"server", contender.words},
                       {"is_baseline", contender.from_baseline},
                       {"standing", to_string(contender.standing)},
                       {"why", contender.why},
                       {"figures", std::move(figures)},
                       {"rounds", std::move(rounds)}});
  }
  const Json report = {{"tool", "chatlab-loadgen"},
                       {"version", CHATLAB_VERSION},
                       {"format", 1},
                       {"kind", "comparison"},
                       {"interrupted", comparison.interrupted},
                       {"rounds", comparison.rounds},
                       {"sureness_percent", sureness_percent},
                       {"base", comparison.base},
                       {"settings", settings_json(comparison.settings)},
                       {"machine", machine_json()},
                       {"remarks", comparison.remarks},
                       {"verdict", comparison.verdict},
                       {"targets", std::move(targets)}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

boost::system::result<Baseline, client::Failure> read_baseline(const std::string& path,
                                                               const std::string& name,
                                                               const Settings& settings) {
  std::ifstream file(path);
  if (!file) return client::Failure{fmt::format("cannot read {}: is it there?", path)};
  const auto report = nlohmann::json::parse(file, nullptr, false);
  if (!report.is_object() || report.value("kind", "") != "comparison")
    return client::Failure{fmt::format(
        "{} is no comparison in JSON; chatlab-loadgen compare NAME=SERVER --out FILE.json writes one", path)};
  try {
    const auto differs = other_load(report.at("settings"), settings_json(settings));
    if (!differs.empty())
      return client::Failure{
          fmt::format("{} was measured with another load: {}. Give the same options again", path, differs)};
    const auto& targets = report.at("targets");
    for (const auto& target : targets) {
      if (target.at("name") == name || targets.size() == 1) return baseline_from(report, target, path);
    }
  } catch (const nlohmann::json::exception& error) {
    return client::Failure{fmt::format("{} is no whole comparison: {}", path, error.what())};
  }
  return client::Failure{fmt::format("{} has several servers, and none of them is called '{}'", path, name)};
}

}  // namespace chatlab::loadgen
