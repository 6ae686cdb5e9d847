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

bool is_same_json(const Event& one, const Event& other) {
  return one.value == other.value || (one.value && other.value && *one.value == *other.value);
}

}  // namespace chatlab::conformance
