#include "conformance/ownership.hpp"

#include "conformance/tag.hpp"

namespace chatlab::conformance {

const Json* roster_in(const Event& received, const Ownership& ownership) {
  if (!received.value || !received.value->is_object()) return nullptr;
  const auto found = received.value->find(ownership.roster_field);
  return found == received.value->end() ? nullptr : &*found;
}

bool is_marker(const Event& received, const Ownership& ownership) {
  return !roster_in(received, ownership) && holds_fence_marker(received.text, ownership.tag);
}

bool is_ours(const Event& received, const Ownership& ownership) {
  if (is_marker(received, ownership)) return false;
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
