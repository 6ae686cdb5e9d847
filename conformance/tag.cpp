#include "conformance/tag.hpp"

#include <fmt/format.h>

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
  // Asked of everything that comes. Long texts rarely hold a hyphen: this looks at them once, and fast.
  for (auto at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    if (!text.substr(at + 1).starts_with(tag)) continue;
    auto before = text.substr(0, at);
    const auto digits = before.size() - (before.find_last_not_of("0123456789") + 1);
    before.remove_suffix(digits);
    if (digits > 0 && before.ends_with("fence-")) return true;
  }
  return false;
}

}  // namespace chatlab::conformance
