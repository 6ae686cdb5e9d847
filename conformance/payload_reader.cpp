#include "conformance/payload_reader.hpp"

#include <algorithm>

namespace chatlab::conformance {

std::shared_ptr<const Json> json_of(const std::string& payload) {
  // Deeper than any message of the protocol: left out, because a hostile one could exhaust the stack.
  constexpr int deepest = 64;
  // To ask at every value is slow, and needless where there cannot be so many levels.
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; };
  const auto opened =
      std::count_if(payload.begin(), payload.end(), [](char c) { return c == '[' || c == '{'; });
  auto value =
      opened <= deepest ? Json::parse(payload, nullptr, false) : Json::parse(payload, shallow, false);
  if (value.is_discarded()) return nullptr;
  return std::make_shared<const Json>(std::move(value));
}

std::shared_ptr<const Json> PayloadReader::read(const std::string& payload) {
  const auto [known, is_new] = known_.try_emplace(payload);
  if (!is_new) return known->second;
  auto value = known->second = json_of(payload);
  known_bytes_ += payload.size();
  if (known_bytes_ > most_known_bytes || known_.size() > most_known) {
    known_.clear();
    known_bytes_ = 0;
  }
  return value;
}

}  // namespace chatlab::conformance
