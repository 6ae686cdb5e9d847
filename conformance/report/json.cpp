#include <algorithm>

#include "conformance/legible.hpp"
#include "conformance/report/report.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

constexpr int report_format = 1;  // counts up where a reader of an earlier one would be misled

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

const std::vector<Event>& events_of(const CheckResult& result, const std::string& client) {
  const auto is = [&](const Transcript& one) { return one.client == client; };
  return std::find_if(result.transcripts.begin(), result.transcripts.end(), is)->events;
}

/// Client by client, how many frames, when the first and the last of them came, and the first one's text.
Json frames_of(const CheckResult& result, const Proof::Expectation& expectation,
               std::vector<Proof::Frame> Proof::Message::*kind, bool with_transcripts) {
  constexpr std::size_t shown_bytes = 160;
  Json by_client = Json::object();
  for (const auto& message : expectation.messages) {
    for (const auto& frame : message.*kind) {
      const auto& event = events_of(result, frame.client).at(frame.event);
      auto& entry = by_client[frame.client];
      if (entry.is_null()) {
        entry = {{"client", frame.client},
                 {"count", 0},
                 {"first_at_us", event.at.count()},
                 {"last_at_us", event.at.count()},
                 {"text", shortened(untagged(event.text, result.proof.tag), shown_bytes)}};
        if (with_transcripts) entry["events"] = Json::array();
      }
      entry["count"] = entry["count"].get<int>() + 1;
      entry["last_at_us"] = event.at.count();
      if (with_transcripts) entry["events"].push_back(frame.event);
    }
  }
  auto list = Json::array();
  for (auto& entry : by_client) list.push_back(std::move(entry));
  return list;
}

Json missing_of(const Proof::Expectation& expectation) {
  Json missing = Json::array();
  for (const auto& message : expectation.messages) {
    for (const auto& client : message.missing) {
      const auto is = [&](const Json& entry) { return entry["client"] == client; };
      auto entry = std::find_if(missing.begin(), missing.end(), is);
      if (entry == missing.end()) {
        missing.push_back({{"client", client}, {"count", 0}, {"text", shortened(message.text)}});
        entry = missing.end() - 1;
      }
      (*entry)["count"] = (*entry)["count"].get<int>() + 1;
    }
  }
  return missing;
}

std::string_view name_of(Segment::Closing closing) {
  switch (closing) {
    case Segment::Closing::nothing:
      return "nothing";
    case Segment::Closing::marker:
      return "marker";
    case Segment::Closing::silence:
      return "silence";
    case Segment::Closing::end_of_connection:
      return "end_of_connection";
  }
  return "";
}

/// What shows that nothing more came, client by client. Those for whom nothing had to show it are left out.
Json fence_of(const CheckResult& result, const Segment& segment) {
  Json fence = Json::array();
  for (const auto& [client, window] : segment.windows) {
    if (window.closing == Segment::Closing::nothing) continue;
    Json entry = {{"client", client}, {"closed_by", name_of(window.closing)}};
    if (window.closing == Segment::Closing::marker) {
      entry["at_us"] = events_of(result, client).at(window.end).at.count();
    }
    fence.push_back(std::move(entry));
  }
  return fence;
}

Json evidence_of(const CheckResult& result, bool with_transcripts) {
  Json evidence = Json::array();
  for (const auto& expectation : result.proof.expectations) {
    evidence.push_back(
        {{"expected", expectation.words},
         {"kept", expectation.is_kept()},
         {"frames", frames_of(result, expectation, &Proof::Message::met, with_transcripts)},
         {"unwanted", frames_of(result, expectation, &Proof::Message::unwanted, with_transcripts)},
         {"missing", missing_of(expectation)},
         {"fence", fence_of(result, result.proof.segments.at(expectation.segment))}});
  }
  return evidence;
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
                {"symptom", result.verdict.symptom.empty() ? Json() : Json(result.verdict.symptom)},
                {"blocked_by", result.blocked_by},
                {"notes", result.notes},
                {"duration_ms", result.duration.count()},
                {"evidence", evidence_of(result, with_transcripts)}};
  if (!result.server_output.empty()) entry["server_output"] = result.server_output;
  if (with_transcripts) entry["transcripts"] = transcripts_of(result);
  return entry;
}

}  // namespace

std::string json_report(const RunResult& result, bool with_transcripts) {
  auto checks = Json::array();
  for (const auto& check : result.checks) checks.push_back(check_of(check, with_transcripts));
  Json report = {{"program", "chatlab-conformance " CHATLAB_VERSION},
                 {"format", report_format},
                 {"started_at", result.started_at},
                 {"suite", result.suite->name},
                 {"target", result.target},
                 {"speaks", result.speaks ? Json(*result.speaks) : Json()},
                 {"behaves_like", result.behaves_like ? Json(*result.behaves_like) : Json()},
                 {"score", {{"earned", result.earned()}, {"possible", result.possible()}}},
                 {"exit_code", static_cast<int>(exit_code(result))},
                 {"unreachable", result.unreachable ? Json(*result.unreachable) : Json()},
                 {"internal_error", result.internal_error ? Json(*result.internal_error) : Json()},
                 {"duration_ms", result.duration.count()},
                 {"checks", std::move(checks)}};
  if (!result.sandbox.empty()) report["sandbox"] = result.sandbox;
  if (!result.notes.empty()) report["notes"] = result.notes;
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chatlab::conformance
