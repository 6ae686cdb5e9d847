#include "reference-server/frame.hpp"

namespace chatlab::server {
namespace {

constexpr int final_bit = 0x80;                        // every frame is a whole message
constexpr std::size_t largest_short_length = 125;      // fits the 7 bits of the second byte
constexpr std::size_t largest_16_bit_length = 0xFFFF;  // follows the marker 126; longer ones follow 127

void append_big_endian(std::string& bytes, std::uint64_t value, int width_bytes) {
  for (int shift = 8 * (width_bytes - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
  }
}

}  // namespace

void append_frame(std::string& bytes, Opcode opcode, std::string_view payload) {
  bytes.push_back(static_cast<char>(final_bit | static_cast<int>(opcode)));
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
}

Frame encode_frame(Opcode opcode, std::string_view payload) {
  constexpr std::size_t longest_header_bytes = 10;
  std::string bytes;
  bytes.reserve(longest_header_bytes + payload.size());
  append_frame(bytes, opcode, payload);
  return std::make_shared<const std::string>(std::move(bytes));
}

Frame encode_close(CloseCode code, std::string_view reason) {
  std::string payload;
  if (code != CloseCode::none) append_big_endian(payload, static_cast<std::uint16_t>(code), 2);
  return encode_frame(Opcode::close, payload.append(reason));
}

}  // namespace chatlab::server
