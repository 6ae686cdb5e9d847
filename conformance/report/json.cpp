#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

std::string_view kind_of(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::connected:
      return "connected";
    case Event::Kind::sent:
      return "sent";
    case Event::Kind::received:
      return "received";
    case Event::Kind::pinged:
      return "pinged";
    case Event::Kind::pong:
      return "pong";
    case Event::Kind::closed_by_us:
      return "left";
    case Event::Kind::closed_by_server:
      return "ended_by_server";
  }
  return "";
}

Json transcripts_of(const CheckResult& result) {
  auto transcripts = Json::object();
  for (const auto& transcript : result.transcripts) {
    auto events = Json::array();
    for (const auto& event : transcript.events) {
      Json entry = {{"at_us", event.at.count()}, {"event", kind_of(event.kind)}, {"text", event.text}};
      if (!event.is_text) entry["binary"] = true;
      events.push_back(std::move(entry));
    }
    transcripts[transcript.client] = std::move(events);
  }
  return transcripts;
}

Json check_of(const CheckResult& result, bool with_transcripts) {
  const auto& check = *result.check;
  Json entry = {{"id", check.id},
                {"area", check.area()},
                {"level", to_string(check.level)},
                {"title", check.title},
                {"rule", check.rule},
                {"status", to_string(result.verdict.status)},
                {"points", result.points()},
                {"earned", result.earned()},
                {"message", result.verdict.message},
                {"diagnosis", result.verdict.diagnosis.empty() ? Json() : Json(result.verdict.diagnosis)},
                {"blocked_by", result.blocked_by},
                {"notes", result.notes},
                {"duration_ms", result.duration.count()}};
  if (!result.server_output.empty()) entry["server_output"] = result.server_output;
  if (with_transcripts) entry["transcripts"] = transcripts_of(result);
  return entry;
}

}  // namespace

std::string json_report(const RunResult& result, bool with_transcripts) {
  auto checks = Json::array();
  for (const auto& check : result.checks) checks.push_back(check_of(check, with_transcripts));
  const Json report = {{"suite", result.suite->name},
                       {"target", result.target},
                       {"speaks", result.speaks ? Json(*result.speaks) : Json()},
                       {"score", {{"earned", result.earned()}, {"possible", result.possible()}}},
                       {"exit_code", static_cast<int>(exit_code(result))},
                       {"unreachable", result.unreachable ? Json(*result.unreachable) : Json()},
                       {"internal_error", result.internal_error ? Json(*result.internal_error) : Json()},
                       {"duration_ms", result.duration.count()},
                       {"checks", std::move(checks)}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chatlab::conformance
