#include "conformance/transcript.hpp"

#include <algorithm>

namespace chatlab::conformance {

std::chrono::microseconds longest_pause(const Transcript& transcript) {
  std::chrono::microseconds longest{};
  const Event* before = nullptr;
  for (const auto& event : transcript.events) {
    if (event.kind != Event::Kind::received) continue;
    if (before) longest = std::max(longest, event.at - before->at);
    before = &event;
  }
  return longest;
}

const Event* end_by_server(const Transcript& transcript, std::size_t begin, std::size_t end) {
  const auto& events = transcript.events;
  for (auto i = begin; i < std::min(end, events.size()); ++i) {
    if (events[i].kind == Event::Kind::closed_by_server) return &events[i];
  }
  return nullptr;
}

std::optional<Json> json_of(const std::string& text) {
  // Deeper than any message of the protocol: left out, because a hostile one could exhaust the stack.
  constexpr int deepest = 64;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; };
  auto value = Json::parse(text, shallow, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

}  // namespace chatlab::conformance
