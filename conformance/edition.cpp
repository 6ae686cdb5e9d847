#include "conformance/edition.hpp"

#include <algorithm>

namespace chatlab::conformance {
namespace {

using namespace std::chrono_literals;

bool is_known_by(const CheckResult& result, const Suite& suite) {
  const auto& ids = suite.recognised_by;
  return std::find(ids.begin(), ids.end(), result.check->id) != ids.end();
}

bool is_mute(const RunResult& result) {
  const auto is_received = [](const Event& event) { return event.kind == Event::Kind::received; };
  const auto heard = [&](const Transcript& transcript) {
    return std::any_of(transcript.events.begin(), transcript.events.end(), is_received);
  };
  return std::none_of(result.checks.begin(), result.checks.end(), [&](const CheckResult& check) {
    return std::any_of(check.transcripts.begin(), check.transcripts.end(), heard);
  });
}

/// Of the one check that was asked for.
bool has_passed(const RunResult& result) {
  return std::any_of(result.checks.begin(), result.checks.end(),
                     [](const CheckResult& check) { return check.verdict.status == Status::passed; });
}

}  // namespace

bool may_speak_another(const RunResult& result) {
  // Clients say the same in every edition: whoever answers nothing here answers nothing there.
  if (is_mute(result)) return false;
  return std::any_of(result.checks.begin(), result.checks.end(), [&](const CheckResult& check) {
    const auto status = check.verdict.status;
    return is_known_by(check, *result.suite) && (status == Status::failed || status == Status::blocked);
  });
}

boost::system::result<std::optional<std::string>, client::Failure> find_edition(
    const std::vector<Suite>& suites, RunSettings settings) {
  settings.timeout = std::min<std::chrono::milliseconds>(settings.timeout, 1s);
  settings.exclude.clear();
  for (const auto& suite : suites) {
    bool is_spoken = !suite.recognised_by.empty();
    for (const auto& id : suite.recognised_by) {
      settings.only = {id};
      const auto result = run_suite(suite, settings);
      if (result.unreachable) return client::Failure{*result.unreachable};
      settings.capabilities = result.capabilities;
      settings.wait = {};  // it is awake by now
      is_spoken = has_passed(result);
      if (!is_spoken) break;
    }
    if (is_spoken) return std::optional(suite.name);
  }
  return std::optional<std::string>();
}

}  // namespace chatlab::conformance
