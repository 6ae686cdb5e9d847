#include "conformance/fingerprint.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "ci/cmake/embedded_file.hpp"
#include "conformance/json.hpp"

namespace chatlab::conformance {

std::span<const EmbeddedFile> embedded_files();  // generated

namespace {

constexpr std::string_view embedded_name = "fingerprints.json";

bool was_judged(const CheckResult& result) {
  return result.verdict.status != Status::skipped && result.verdict.status != Status::inconclusive;
}

/// Whether the run has shown enough to be compared with anything: every must, nothing left unclear, and a
/// failure of what is asked for.
bool tells_enough(const RunResult& result) {
  const auto counts = [](const CheckResult& one) {
    return one.verdict.status == Status::failed && one.check->level != Level::info;
  };
  return !result.unreachable && !result.internal_error && !result.speaks &&
         std::any_of(result.checks.begin(), result.checks.end(), counts) &&
         std::all_of(result.checks.begin(), result.checks.end(), [](const CheckResult& one) {
           const bool may_be_left_out =
               one.verdict.status == Status::skipped && one.check->level != Level::must;
           return was_judged(one) || may_be_left_out;
         });
}

bool is_as_in(const CheckResult& result, const Fingerprint& server) {
  const auto& id = result.check->id;
  if (server.undecided.count(id)) return true;
  const auto failure = server.failures.find(id);
  switch (result.verdict.status) {
    case Status::skipped:
      return true;
    case Status::passed:
      return failure == server.failures.end() && !server.blocked.count(id);
    case Status::blocked:
      return server.blocked.count(id) > 0;
    case Status::failed:
      return failure != server.failures.end() && !result.verdict.symptom.empty() &&
             failure->second == Fingerprint::Failure{result.verdict.symptom, result.verdict.diagnosis};
    case Status::inconclusive:
      break;
  }
  return false;
}

bool has_shown_all_of(const RunResult& result, const Fingerprint& server) {
  return std::all_of(server.failures.begin(), server.failures.end(), [&](const auto& failure) {
    return std::any_of(result.checks.begin(), result.checks.end(), [&](const CheckResult& one) {
      return one.check->id == failure.first && was_judged(one);
    });
  });
}

}  // namespace

Fingerprints read_fingerprints(std::string_view json) {
  const auto table = Json::parse(json);
  Fingerprints known;
  known.suite = table.at("suite");
  for (const auto& entry : table.at("servers")) {
    Fingerprint server;
    server.name = entry.at("name");
    server.mistake = entry.at("mistake");
    entry.at("blocked").get_to(server.blocked);
    entry.at("undecided").get_to(server.undecided);
    for (const auto& [id, failure] : entry.at("failures").items()) {
      server.failures[id] = {failure.at("symptom").get<std::string>(),
                             failure.at("diagnosis").get<std::string>()};
    }
    known.servers.push_back(std::move(server));
  }
  return known;
}

const Fingerprints& known_fingerprints() {
  static const auto known = [] {
    for (const auto& file : embedded_files()) {
      if (file.name == embedded_name) return read_fingerprints(file.content);
    }
    throw std::logic_error("fingerprints.json is not part of this program");  // the build embeds it
  }();
  return known;
}

const Fingerprint* find_alike(const RunResult& result, const Fingerprints& known) {
  if (result.suite->name != known.suite || !tells_enough(result)) return nullptr;
  const Fingerprint* found = nullptr;
  for (const auto& server : known.servers) {
    const bool alike = std::all_of(result.checks.begin(), result.checks.end(),
                                   [&](const CheckResult& one) { return is_as_in(one, server); });
    if (!alike) continue;
    if (found) return nullptr;
    found = &server;
  }
  return found && has_shown_all_of(result, *found) ? found : nullptr;
}

}  // namespace chatlab::conformance
