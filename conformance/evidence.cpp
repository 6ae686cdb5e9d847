#include "conformance/evidence.hpp"

#include <algorithm>

#include "conformance/match.hpp"

namespace chatlab::conformance {
namespace {

bool is_roster(const Event& frame) {
  return frame.value && frame.value->is_object() && frame.value->contains("users");
}

}  // namespace

bool is_copy(const Event& frame, const Json& pattern, const Ownership& ownership) {
  if (frame.kind != Event::Kind::received || !is_ours(frame, ownership)) return false;
  return matches(pattern, frame.value ? *frame.value : Json(frame.text), ownership);
}

Evidence::Frames Evidence::matching(const std::string& client, const Json& pattern) const {
  Frames found;
  for (const auto* frame : window(client)) {
    if (is_copy(*frame, pattern, ownership_)) found.push_back(frame);
  }
  return found;
}

std::size_t Evidence::count_copies(const std::string& client, const Frames& found) const {
  if (ownership_.exclusive || !is_roster(*found.front())) return found.size();
  std::size_t copies = 1;
  const Event* last_roster = nullptr;
  for (const auto* frame : window(client)) {
    if (!is_roster(*frame)) continue;
    const bool matched = std::find(found.begin(), found.end(), frame) != found.end();
    if (matched && last_roster && last_roster->text == frame->text) ++copies;
    last_roster = frame;
  }
  return copies;
}

std::optional<Evidence::Nearest> Evidence::nearest(const std::string& client, const Json& pattern) const {
  std::optional<Nearest> best;
  for (const auto* frame : window(client)) {
    if (is_expected_elsewhere(*frame, pattern)) continue;
    auto found = frame->value ? differences(pattern, *frame->value, ownership_)
                              : std::vector<std::string>{"it is not JSON"};
    if (found.empty()) continue;  // a stranger's: it matches, and is not ours
    const bool nearer = !best || found.size() < best->differences.size() ||
                        (found.size() == best->differences.size() && is_ours(*frame, ownership_));
    if (nearer) best = {frame, std::move(found)};
  }
  return best;
}

std::optional<std::string> Evidence::end_of_connection(const std::string& client) const {
  const auto& events = transcript_of(client).events;
  for (auto i = segment_.windows.at(client).begin; i < events.size(); ++i) {
    if (events[i].kind == Event::Kind::closed_by_server) return events[i].text;
  }
  return std::nullopt;
}

Evidence::Frames Evidence::window(const std::string& client) const {
  Frames frames;
  const auto& events = transcript_of(client).events;
  const auto& limits = segment_.windows.at(client);
  for (auto i = limits.begin; i < limits.end; ++i) {
    const bool received = events[i].kind == Event::Kind::received;
    if (received && !is_marker(events[i], record_.plan.tag)) frames.push_back(&events[i]);
  }
  return frames;
}

/// A message that another step of the segment asks for is no bad copy of this one.
bool Evidence::is_expected_elsewhere(const Event& frame, const Json& pattern) const {
  for (auto step = segment_.first_step; step < segment_.end_step; ++step) {
    const auto* receive = std::get_if<Receive>(&record_.plan.steps[step].action);
    if (!receive || !frame.value) continue;
    for (const auto& other : receive->patterns) {
      if (other != pattern && matches(other, *frame.value, ownership_)) return true;
    }
  }
  return false;
}

const Transcript& Evidence::transcript_of(const std::string& client) const {
  const auto is = [&](const Transcript& transcript) { return transcript.client == client; };
  return *std::find_if(record_.transcripts.begin(), record_.transcripts.end(), is);
}

}  // namespace chatlab::conformance
