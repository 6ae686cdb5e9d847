#include "conformance/transcript.hpp"

namespace chatlab::conformance {

std::optional<Json> json_of(const std::string& text) {
  // Deeper than any message of the protocol: left out, because a hostile one could exhaust the stack.
  constexpr int deepest = 64;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; };
  auto value = Json::parse(text, shallow, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

}  // namespace chatlab::conformance
