#include "loadgen/frame.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::size_t short_length = 125, length_16 = 126, length_64 = 127;
constexpr std::size_t most_control_bytes = 125;

}  // namespace

void append_frame(std::string& bytes, Opcode opcode, std::string_view payload, std::uint32_t mask) {
  const auto append_length = [&](int width) {
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
      bytes += static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift & 0xff);
  };
  bytes += static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  if (payload.size() <= short_length) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() <= 0xffff) {
    bytes += static_cast<char>(0x80 | length_16);
    append_length(2);
  } else {
    bytes += static_cast<char>(0x80 | length_64);
    append_length(8);
  }
  char key[4];
  std::memcpy(key, &mask, sizeof key);
  bytes.append(key, sizeof key);
  const auto begin = bytes.size();
  bytes += payload;
  for (std::size_t i = 0; i < payload.size(); ++i) bytes[begin + i] ^= key[i % 4];
}

std::string close_payload(std::uint16_t code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

HeadRead read_head(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 2) return {};
  FrameHead head;
  head.final = byte(0) & 0x80;
  head.opcode = static_cast<Opcode>(byte(0) & 0x0f);
  if (byte(0) & 0x70) return {std::nullopt, "a reserved bit that no extension asked for"};
  if (byte(1) & 0x80) return {std::nullopt, "a masked frame"};
  const bool control = head.opcode >= Opcode::close;
  if ((head.opcode > Opcode::binary && !control) || head.opcode > Opcode::pong) {
    return {std::nullopt, "an unknown opcode"};
  }
  std::size_t length = byte(1) & 0x7f;
  head.head_bytes = length == length_64 ? 10 : length == length_16 ? 4 : 2;
  if (control && (length > most_control_bytes || !head.final)) {
    return {std::nullopt, "a control frame that is fragmented or too long"};
  }
  if (bytes.size() < head.head_bytes) return {};
  if (head.head_bytes > 2) {
    length = 0;
    for (std::size_t i = 2; i < head.head_bytes; ++i) length = length << 8 | byte(i);
  }
  if (length > message_limit_bytes) return {std::nullopt, "a message of more than 16 MiB"};
  head.payload_bytes = length;
  return {head, nullptr};
}

bool FrameWalker::complete(std::string_view& bytes, FrameHead& head, const char*& error) {
  const auto take = [&](std::size_t wanted_bytes) {
    const auto taken = std::min(wanted_bytes - std::min(wanted_bytes, kept_.size()), bytes.size());
    kept_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    return kept_.size() >= wanted_bytes;
  };
  auto [read, wrong] = read_head(kept_);
  while (!read && !wrong) {
    if (bytes.empty()) return false;
    take(kept_.size() + 1);  // a head is at most 10 bytes
    std::tie(read, wrong) = std::tuple(read_head(kept_).head, read_head(kept_).error);
  }
  error = wrong;
  if (wrong) return false;
  head = *read;
  return take(head.head_bytes + head.payload_bytes);
}

}  // namespace chatlab::loadgen
