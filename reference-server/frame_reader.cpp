#include "reference-server/frame_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace chatlab::server {

struct FrameReader::Head {
  bool is_final;
  bool has_reserved_bits;
  bool is_masked;
  bool is_complete;  // with its whole length and mask
  bool is_shortest;  // no length that would have fitted a shorter field
  Opcode opcode;
  std::size_t size_bytes;
  std::uint64_t payload_bytes;

  bool is_control() const { return static_cast<int>(opcode) >= 8; }
};

namespace {

constexpr std::size_t mask_bytes = 4;

std::uint64_t from_big_endian(std::span<const char> bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void unmask(std::span<char> payload, std::array<char, mask_bytes> mask) {
  std::uint64_t wide = 0;  // the mask twice: eight bytes a step
  std::memcpy(&wide, mask.data(), mask_bytes);
  std::memcpy(reinterpret_cast<char*>(&wide) + mask_bytes, mask.data(), mask_bytes);
  std::size_t at = 0;
  for (; at + sizeof wide <= payload.size(); at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + at, sizeof word);
    word ^= wide;
    std::memcpy(payload.data() + at, &word, sizeof word);
  }
  for (; at < payload.size(); ++at) payload[at] = static_cast<char>(payload[at] ^ mask[at % mask_bytes]);
}

bool may_be_sent(std::uint64_t code) {  // RFC 6455, section 7.4, and what IANA has added: 1012 to 1014
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

Received violation(CloseCode code) {
  return {Received::violation, {}, code};
}

Received read_close(std::string_view payload) {
  if (payload.empty()) return {Received::close, {}, CloseCode::none};
  if (payload.size() < 2) return violation(CloseCode::protocol_error);
  const auto code = from_big_endian(payload.substr(0, 2));
  if (!may_be_sent(code)) return violation(CloseCode::protocol_error);
  if (!is_utf8(payload.substr(2))) return violation(CloseCode::invalid_text);
  return {Received::close, payload.substr(2), static_cast<CloseCode>(code)};
}

Received read_control(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::close) return read_close(payload);
  return {opcode == Opcode::ping ? Received::ping : Received::pong, payload, CloseCode::none};
}

}  // namespace

std::optional<Received> FrameReader::next(std::span<char>& bytes) {
  if (opcode_ == Opcode::continuation && !message_.empty()) std::string().swap(message_);
  while (bytes.size() >= 2) {
    const auto first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
    const std::size_t length = second & 0x7F, width = length == 127 ? 8 : length == 126 ? 2 : 0;
    const std::size_t head_bytes = 2 + width + mask_bytes;
    Head head{(first & 0x80) != 0,
              (first & 0x70) != 0,
              (second & 0x80) != 0,
              bytes.size() >= head_bytes,
              true,
              static_cast<Opcode>(first & 0x0F),
              head_bytes,
              length};
    if (head.is_complete && width) {
      head.payload_bytes = from_big_endian(bytes.subspan(2, width));
      head.is_shortest = head.payload_bytes > (width == 2 ? 125 : 0xFFFF) && !(head.payload_bytes >> 63);
    }
    if (const auto code = judge(head)) return violation(*code);
    if (!head.is_complete || bytes.size() - head_bytes < head.payload_bytes) return std::nullopt;
    const auto payload = bytes.subspan(head_bytes, head.payload_bytes);
    std::array<char, mask_bytes> mask{};
    std::copy_n(payload.data() - mask_bytes, mask_bytes, mask.begin());
    unmask(payload, mask);
    bytes = bytes.subspan(head_bytes + payload.size());
    const std::string_view text(payload.data(), payload.size());
    if (head.is_control()) return read_control(head.opcode, text);
    if (const auto received = take_data(head, text)) return received;
  }
  return std::nullopt;
}

/// Of a head that is not complete the first two bytes are judged, and the length once it is there.
std::optional<CloseCode> FrameReader::judge(const Head& head) const {
  const bool is_known = head.opcode <= Opcode::binary || (head.is_control() && head.opcode <= Opcode::pong);
  if (head.has_reserved_bits || !is_known || !head.is_masked || !head.is_shortest) {
    return CloseCode::protocol_error;
  }
  if (head.is_control()) {
    const bool is_allowed = head.is_final && head.payload_bytes <= 125;
    return is_allowed ? std::nullopt : std::optional(CloseCode::protocol_error);
  }
  const bool continues = head.opcode == Opcode::continuation;
  if (continues != (opcode_ != Opcode::continuation)) return CloseCode::protocol_error;
  // Before a byte of it is kept, so that what waits for its end is bounded.
  const std::size_t so_far = continues ? message_.size() : 0;
  if (head.is_complete && head.payload_bytes > message_limit_bytes_ - so_far) return CloseCode::too_big;
  return std::nullopt;
}

/// A message where this frame ends one. An unfragmented one is not copied.
std::optional<Received> FrameReader::take_data(const Head& head, std::string_view payload) {
  auto opcode = head.opcode;
  if (opcode == Opcode::continuation || !head.is_final) {
    if (opcode != Opcode::continuation) opcode_ = opcode;
    message_.append(payload);
    if (!head.is_final) return std::nullopt;
    opcode = std::exchange(opcode_, Opcode::continuation);
    payload = message_;
  }
  if (opcode == Opcode::binary) return Received{Received::binary, payload, CloseCode::none};
  if (!is_utf8(payload)) return violation(CloseCode::invalid_text);
  return Received{Received::text, payload, CloseCode::none};
}

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::uint64_t word = high_bits;
    if (end - at >= 8) std::memcpy(&word, at, 8);
    if (!(word & high_bits)) {  // eight ASCII characters
      at += 8;
    } else if (*at < 0x80) {
      ++at;
    } else {
      // RFC 3629, section 4: how many bytes follow, and between what the first of them must be.
      const int lead = *at;
      const int follow = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
      const int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      const int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      if (lead < 0xC2 || lead > 0xF4 || end - at <= follow) return false;
      if (at[1] < lowest || at[1] > highest) return false;
      for (int i = 2; i <= follow; ++i) {
        if ((at[i] & 0xC0) != 0x80) return false;
      }
      at += follow + 1;
    }
  }
  return true;
}

}  // namespace chatlab::server
