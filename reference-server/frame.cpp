#include "reference-server/frame.hpp"

#include <cstdint>

namespace chatlab::server {
namespace {

constexpr char final_text = static_cast<char>(0x81);   // FIN bit and opcode 1
constexpr std::size_t largest_short_length = 125;      // fits the 7 bits of the second byte
constexpr std::size_t largest_16_bit_length = 0xFFFF;  // follows the marker 126; longer ones follow 127

void append_big_endian(std::string& bytes, std::uint64_t value, int width_bytes) {
  for (int shift = 8 * (width_bytes - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
  }
}

}  // namespace

Frame encode_text_frame(std::string_view payload) {
  constexpr std::size_t longest_header_bytes = 10;
  std::string bytes;
  bytes.reserve(longest_header_bytes + payload.size());
  bytes.push_back(final_text);
  if (payload.size() <= largest_short_length) {
    append_big_endian(bytes, payload.size(), 1);
  } else if (payload.size() <= largest_16_bit_length) {
    bytes.push_back(126);
    append_big_endian(bytes, payload.size(), 2);
  } else {
    bytes.push_back(127);
    append_big_endian(bytes, payload.size(), 8);
  }
  bytes.append(payload);
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace chatlab::server
