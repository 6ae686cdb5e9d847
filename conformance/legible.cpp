#include "conformance/legible.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace chatlab::conformance {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// The length of the UTF-8 character that begins here; 0 where none does.
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xC2 ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  // No overlong forms, no surrogates, nothing past U+10FFFF: parsers of XML refuse them.
  const auto second = size > 1 ? static_cast<unsigned char>(text[1]) : 0;
  const bool legal = !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second > 0x9F) &&
                     !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second > 0x8F);
  return legal ? size : 0;
}

/// C0, DEL, and C1 as UTF-8 writes it.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  return character.size() == 2 && byte(0) == 0xC2 && byte(1) < 0xA0;
}

bool is_plain(char byte) {
  return byte >= 0x20 && byte < 0x7F;
}

}  // namespace

std::string shortened(const std::string& text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  std::size_t head = most_bytes * 2 / 3;
  while (head > 0 && is_continuation(text[head])) --head;
  std::size_t tail = text.size() - most_bytes / 3;
  while (tail < text.size() && is_continuation(text[tail])) ++tail;
  return fmt::format("{} [... {} bytes ...] {}", text.substr(0, head), tail - head, text.substr(tail));
}

std::string printable(std::string_view text, bool lines) {
  std::string safe;
  while (true) {
    const auto* unusual = std::find_if_not(text.begin(), text.end(), is_plain);
    safe.append(text.begin(), unusual);
    text.remove_prefix(static_cast<std::size_t>(unusual - text.begin()));
    if (text.empty()) return safe;
    const auto size = character_bytes(text);
    const auto character = text.substr(0, size ? size : 1);
    text.remove_prefix(character.size());
    if (size && (!is_control(character) || (lines && (character == "\n" || character == "\t")))) {
      safe += character;
    } else if (character == "\n") {
      safe += "\\n";
    } else if (character == "\t") {
      safe += "\\t";
    } else {
      for (const char byte : character) safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
}

std::string listed(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "nobody" : names.front();
  const std::vector<std::string> head(names.begin(), names.end() - 1);
  return fmt::format("{} and {}", fmt::join(head, ", "), names.back());
}

std::string listed_briefly(std::vector<std::string> names) {
  constexpr std::size_t most_names = 6;  // more than that nobody reads
  constexpr std::size_t named = 3;
  if (names.size() <= most_names) return listed(names);
  const auto others = names.size() - named;
  names.resize(named);
  names.push_back(fmt::format("{} others", others));
  return listed(names);
}

}  // namespace chatlab::conformance
