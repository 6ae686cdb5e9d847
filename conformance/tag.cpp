#include "conformance/tag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace chatlab::conformance {

namespace {

std::mt19937& random_numbers() {
  static std::mt19937 random(std::random_device{}());
  return random;
}

}  // namespace

void repeat_tags() {
  random_numbers().seed(1);
}

std::string make_tag() {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";
  auto& random = random_numbers();
  std::uniform_int_distribution<std::size_t> any(0, letters.size() - 1);
  std::string tag(6, ' ');
  for (auto& letter : tag) letter = letters[any(random)];
  return tag;
}

std::string tagged(std::string_view name, std::string_view tag) {
  return fmt::format("{}-{}", name, tag);
}

std::string untagged(std::string text, std::string_view tag) {
  const auto suffix = fmt::format("-{}", tag);
  for (auto at = text.find(suffix); at != std::string::npos; at = text.find(suffix, at))
    text.erase(at, suffix.size());
  return text;
}

std::string fence_marker(int number, std::string_view tag) {
  return fmt::format("fence-{}-{}", number, tag);
}

bool holds_fence_marker(std::string_view text, std::string_view tag) {
  // Long texts rarely hold a hyphen, and often an f: this looks at them once, and fast.
  if (text.find(fmt::format("-{}", tag)) == std::string_view::npos) return false;
  for (auto at = text.find("fence-"); at != std::string_view::npos; at = text.find("fence-", at + 1)) {
    const auto digits = text.substr(at + 6);
    const auto end = std::min(digits.find_first_not_of("0123456789"), digits.size());
    const auto rest = digits.substr(end);
    if (end > 0 && rest.starts_with('-') && rest.substr(1).starts_with(tag)) return true;
  }
  return false;
}

}  // namespace chatlab::conformance
