#include "conformance/evidence.hpp"

#include <algorithm>

#include "conformance/match.hpp"

namespace chatlab::conformance {
bool is_copy(const Event& frame, CausedBy cause, const Json& pattern, const Ownership& ownership) {
  if (frame.kind != Event::Kind::received || !may_be_ours(cause)) return false;
  const bool alike =
      frame.value ? matches(pattern, *frame.value, ownership) : matches(pattern, Json(frame.text), ownership);
  return alike && is_ours(frame, ownership);  // mostly the dearer question: it looks through the whole text
}

Evidence::Evidence(const Record& record, const Segment& segment, const Ownership& ownership)
    : record_(record), segment_(segment), ownership_(ownership) {
  for (const auto& [client, limits] : segment.windows) windows_[client] = window_of(transcript_of(client));
  settle_unknown();
}

Evidence::Frames Evidence::matching(const std::string& client, const Json& pattern) const {
  Frames found;
  for (const auto& [frame, cause] : window(client)) {
    if (is_copy(*frame, cause, pattern, ownership_)) found.push_back(frame);
  }
  return found;
}

std::optional<Evidence::Nearest> Evidence::nearest(const std::string& client, const Json& pattern) const {
  std::optional<Nearest> best;
  for (const auto& [frame, cause] : window(client)) {
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
  const auto* end = end_by_server(transcript_of(client), segment_.windows.at(client).begin);
  return end ? std::optional(end->text) : std::nullopt;
}

bool Evidence::was_cut_off(const std::string& client) const {
  return end_by_server(transcript_of(client), 0, segment_.windows.at(client).end) != nullptr;
}

bool Evidence::strangers_came_and_went(const std::string& client) const {
  return std::any_of(window(client).begin(), window(client).end(), [&](const Received& received) {
    const bool strangers = received.cause == CausedBy::strangers || received.cause == CausedBy::both;
    return strangers && roster_in(*received.event, ownership_);
  });
}

Evidence::Window Evidence::window_of(const Transcript& transcript) const {
  Window window;
  Attribution attribution(ownership_);
  const auto& limits = segment_.windows.at(transcript.client);
  for (std::size_t i = 0; i < limits.end; ++i) {
    const auto& event = transcript.events[i];
    const auto cause = attribution.next(event);
    if (i < limits.begin || event.kind != Event::Kind::received || is_marker(event, ownership_)) continue;
    window.push_back({&event, cause});
  }
  return window;
}

/// A newcomer's first roster: who caused it is known where another client has received the same one.
void Evidence::settle_unknown() {
  for (auto& [client, window] : windows_) {
    for (auto& received : window) {
      if (received.cause != CausedBy::unknown) continue;
      for (const auto& [other, others] : windows_) {
        const auto same = std::find_if(others.begin(), others.end(), [&](const Received& one) {
          return one.cause != CausedBy::unknown && is_same_json(*one.event, *received.event);
        });
        if (same != others.end()) received.cause = same->cause;
      }
    }
  }
}

/// A message that another step of the segment asks for is no bad copy of this one, nor is a chat that a
/// client sent beside it.
bool Evidence::is_expected_elsewhere(const Event& frame, const Json& pattern) const {
  if (!frame.value) return false;
  for (auto step = segment_.first_step; step < segment_.end_step; ++step) {
    const auto& action = record_.plan.steps[step].action;
    if (const auto* send = std::get_if<Send>(&action)) {
      const bool is_chat = send->message.is_object() && send->message.value("type", Json()) == "chat";
      if (is_chat && *frame.value == send->message) return true;
    }
    const auto* receive = std::get_if<Receive>(&action);
    if (!receive) continue;
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
