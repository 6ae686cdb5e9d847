#include "conformance/tests/golden_run.hpp"

#include <algorithm>
#include <stdexcept>

#include "conformance/example.hpp"
#include "conformance/payload_reader.hpp"
#include "conformance/suite_files.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

constexpr auto golden_tag = "k3f9x2";

std::vector<Event>& events_of(Record& record, const std::string& client) {
  const auto is = [&](const Transcript& one) { return one.client == client; };
  return std::find_if(record.transcripts.begin(), record.transcripts.end(), is)->events;
}

/// The n-th frame to the client that its script is about: no marker.
std::size_t nth_received(Record& record, const std::string& client, std::size_t n) {
  const auto& events = events_of(record, client);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool counts =
        events[i].kind == Event::Kind::received && !holds_fence_marker(events[i].text, golden_tag);
    if (counts && n-- == 0) return i;
  }
  throw std::logic_error("no such frame to " + client);
}

/// Moves the borders of the client's windows that lie behind `from`.
void shift(Record& record, const std::string& client, std::size_t from, int by) {
  for (auto& segment : record.segments) {
    auto& window = segment.windows.at(client);
    for (auto* border : {&window.begin, &window.end}) {
      if (*border > from) *border = static_cast<std::size_t>(static_cast<int>(*border) + by);
    }
  }
}

/// As a run leaves it behind that waited in vain: no fence, and nothing after it.
void stop_before_fence(Record& record) {
  record.segments.resize(1);
  for (auto& [client, window] : record.segments.front().windows) {
    auto& events = events_of(record, client);
    const auto is_marker = [](const Event& event) { return holds_fence_marker(event.text, golden_tag); };
    events.erase(
        std::find_if(events.begin() + static_cast<std::ptrdiff_t>(window.begin), events.end(), is_marker),
        events.end());
    window.end = events.size();
    window.closing = Segment::Closing::nothing;
  }
  auto& end = record.segments.front().end_step;
  while (end > 1 && std::holds_alternative<Fence>(record.plan.steps[end - 1].action)) --end;
}

}  // namespace

void lose(Record& record, const std::string& client, std::size_t n) {
  const auto at = nth_received(record, client, n);
  auto& events = events_of(record, client);
  events.erase(events.begin() + static_cast<std::ptrdiff_t>(at));
  shift(record, client, at, -1);
  stop_before_fence(record);
}

void repeat(Record& record, const std::string& client, std::size_t n) {
  const auto at = nth_received(record, client, n);
  auto& events = events_of(record, client);
  const auto copy = events[at];
  events.insert(events.begin() + static_cast<std::ptrdiff_t>(at), copy);
  shift(record, client, at, +1);
}

void replace(Record& record, const std::string& client, std::size_t n, const std::string& text) {
  auto& event = events_of(record, client)[nth_received(record, client, n)];
  event.text = text;
  event.value = json_of(text);
}

void end_connection(Record& record, const std::string& client, const std::string& how) {
  stop_before_fence(record);
  auto& events = events_of(record, client);
  events.push_back(
      {Event::Kind::closed_by_server, events.back().at + std::chrono::microseconds(100), how, true, {}});
  record.segments.front().windows.at(client).end = events.size();
  record.problem = Problem{Problem::Kind::connection_lost, client, how};
}

CheckResult play_example(const Check& check, const std::function<void(Record&)>& spoil) {
  const Ownership ownership{golden_tag, true};
  auto record = example_record(*make_plan(check, golden_tag));
  if (spoil) spoil(record);
  CheckResult result;
  result.check = &check;
  result.verdict = judge(record, ownership);
  result.proof = prove(record, ownership);
  result.transcripts = std::move(record.transcripts);
  result.duration = std::chrono::milliseconds(7);
  return result;
}

GoldenRun::GoldenRun() {
  auto suite = load_suite(CHATLAB_GOLDENS "/suite.yaml");
  if (suite.has_error()) throw std::logic_error(suite.error().text);
  suite_ = std::move(*suite);
  result.suite = &suite_;
  result.target = "python3 app.py";
  result.command = "chatlab-conformance --launch 'python3 app.py'";
  result.started_at = "2026-11-25T18:10:24Z";
  result.duration = std::chrono::milliseconds(1234);
  for (const auto& check : suite_.checks) result.checks.emplace_back().check = &check;
  play_all();
}

void GoldenRun::play_all() {
  const auto right = [](Record&) {};
  play("login.announced", right);
  play("chat.everyone", [](Record& record) { lose(record, "bob", 0); });
  result_of("chat.unchanged").verdict = {Status::blocked, "needs chat.everyone, which did not pass"};
  result_of("chat.unchanged").blocked_by = {"chat.everyone"};
  result_of("chat.order").verdict = {Status::blocked, "needs chat.unchanged, which did not pass"};
  result_of("chat.order").blocked_by = {"chat.unchanged"};
  auto& announced = play("disconnect.announced", [](Record& record) {
    const auto wrong = R"({"type": "login", "users": ["alice-k3f9x2", "bob-k3f9x2"]})";
    replace(record, "alice", 0, wrong);
    replace(record, "bob", 0, wrong);
    stop_before_fence(record);
  });
  announced.server_output =
      "Traceback (most recent call last):\n  <b>KeyError</b>: 'users' \x1b[31m::error::&\n";
  play("chat.once", [](Record& record) { repeat(record, "bob", 0); });
  play("robust.burst", right);
  play("robust.crowd", right).notes = {
      "That nothing more came to alice rests on 500 ms of silence: no chat could be "
      "used as a marker."};
  play("robust.ping", right);
  play("robust.survives", [](Record& record) {
    lose(record, "bob", 0);
    end_connection(record, "alice", "closed by the server: 1011 (internal error)");
  });
  play("leave.vanished", right);
  for (const char* id : {"gone.first", "gone.second"}) {
    result_of(id).verdict = {Status::inconclusive,
                             "since leave.vanished the server is gone: exited with status 1"};
  }
  result_of("unasked.unseen").verdict = {Status::skipped,
                                         "what the server prints can be seen only where --launch starts it"};
  result.behaves_like = "A <chat> does not reach *everybody* & more.";
  result_of("unasked.skipped").verdict = {Status::skipped, ""};
}

CheckResult& GoldenRun::play(const std::string& id, const Spoil& spoil) {
  auto& one = result_of(id);
  one = play_example(*one.check, spoil);
  return one;
}

CheckResult& GoldenRun::result_of(const std::string& id) {
  const auto is = [&](const CheckResult& one) { return one.check->id == id; };
  return *std::find_if(result.checks.begin(), result.checks.end(), is);
}

}  // namespace chatlab::conformance
