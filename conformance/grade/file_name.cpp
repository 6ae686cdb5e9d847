#include "conformance/grade/file_name.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace chatlab::grade {
namespace {

constexpr std::size_t longest_bytes =
    100;  // file systems take 255, with an ending and a suffix while written

/// FNV-1a: tells apart what was cut off, and is the same on every machine.
std::uint64_t digest(std::string_view text) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (const char letter : text) sum = (sum ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  return sum;
}

bool is_harmless(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.' || letter == '@';
}

}  // namespace

std::string file_name_of(std::string_view id) {
  std::string name;
  for (const char letter : id) {
    const bool is_leading = name.empty() && (letter == '.' || letter == '-');
    if (is_harmless(letter) && !is_leading) {
      name += letter;
    } else {
      name += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
  }
  if (name.size() <= longest_bytes) return name.empty() ? "%" : name;
  return fmt::format("{}%{:016x}", name.substr(0, longest_bytes - 17), digest(id));
}

std::string file_link_to(std::string_view id) {
  std::string link;
  for (const char letter : file_name_of(id))
    link += letter == '%' ? std::string("%25") : std::string(1, letter);
  return link;
}

}  // namespace chatlab::grade
