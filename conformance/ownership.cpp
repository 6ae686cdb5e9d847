#include "conformance/ownership.hpp"

#include "conformance/tag.hpp"

namespace chatlab::conformance {

bool is_marker(const Event& received, std::string_view tag) {
  const bool roster = received.value && received.value->is_object() && received.value->contains("users");
  return !roster && holds_fence_marker(received.text, tag);
}

bool is_ours(const Event& received, const Ownership& ownership) {
  if (is_marker(received, ownership.tag)) return false;
  if (ownership.exclusive || received.text.find(ownership.tag) != std::string::npos) return true;
  if (!received.value || !received.value->is_object()) return true;
  const auto type = received.value->value("type", Json());
  return type != "login" && type != "disconnect" && type != "chat";
}

bool is_our_name(const std::string& name, const Ownership& ownership) {
  if (holds_fence_marker(name, ownership.tag)) return false;
  return ownership.exclusive || name.find(ownership.tag) != std::string::npos;
}

}  // namespace chatlab::conformance
