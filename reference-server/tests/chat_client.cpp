#include "reference-server/tests/chat_client.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace chatlab::server::test {
namespace {

std::string big_endian(std::uint64_t value, int width_bytes) {
  std::string bytes;
  for (int shift = 8 * (width_bytes - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
  }
  return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string client_frame(Opcode opcode, std::string_view payload, bool is_final) {
  constexpr int mask_bit = 0x80;
  constexpr std::array<char, 4> mask = {0x11, 0x22, 0x33, 0x44};
  std::string bytes;
  bytes.push_back(static_cast<char>((is_final ? 0x80 : 0) | static_cast<int>(opcode)));
  if (payload.size() < 126) {
    bytes.push_back(static_cast<char>(mask_bit | static_cast<int>(payload.size())));
  } else if (payload.size() <= 0xFFFF) {
    bytes.push_back(static_cast<char>(mask_bit | 126));
    bytes += big_endian(payload.size(), 2);
  } else {
    bytes.push_back(static_cast<char>(mask_bit | 127));
    bytes += big_endian(payload.size(), 8);
  }
  bytes.append(mask.data(), mask.size());
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
  return bytes;
}

nlohmann::json roster(std::string_view type, const std::vector<std::string>& users) {
  return {{"type", type}, {"users", users}};
}

std::string login(std::string_view username) {
  return nlohmann::json{{"type", "login"}, {"username", username}}.dump();
}

std::string chat(std::string_view text) {
  return nlohmann::json{{"type", "chat"}, {"text", text}, {"username", "somebody"}}.dump();
}

ChatClient::ChatClient(const tcp::endpoint& server, int receive_buffer_bytes)
    : line_(server, receive_buffer_bytes) {
  upgrade();
}

ChatClient::ChatClient(TcpLine line) : line_(std::move(line)) {
  upgrade();
}

void ChatClient::upgrade() {
  line_.write(
      "GET /room HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  const auto head = line_.read_until("\r\n\r\n");
  // The key's answer as RFC 6455 gives it in its section 1.3.
  if (!head.starts_with("HTTP/1.1 101 ") || head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == std::string::npos) {
    throw std::runtime_error("no upgrade but: " + head);
  }
}

std::string ChatClient::receive() {
  auto frame = receive_but_pings();
  if (frame.opcode != Opcode::text || !frame.is_final) {
    throw std::runtime_error(fmt::format("not a whole text message but a frame of opcode {}: '{}'",
                                         static_cast<int>(frame.opcode), frame.payload.substr(0, 100)));
  }
  return std::move(frame.payload);
}

int ChatClient::receive_close() {
  const auto frame = receive_but_pings();
  if (frame.opcode != Opcode::close || frame.payload.size() < 2) {
    throw std::runtime_error(fmt::format("not a close with a code but a frame of opcode {}: '{}'",
                                         static_cast<int>(frame.opcode), frame.payload.substr(0, 100)));
  }
  return static_cast<int>(from_big_endian(std::string_view(frame.payload).substr(0, 2)));
}

ReceivedFrame ChatClient::receive_but_pings() {
  auto frame = receive_frame();
  while (frame.opcode == Opcode::ping) {  // the server's, where the test takes long
    line_.write(client_frame(Opcode::pong, frame.payload));
    frame = receive_frame();
  }
  return frame;
}

ReceivedFrame ChatClient::receive_frame() {
  const auto head = line_.read(2);
  const auto first = static_cast<unsigned char>(head[0]);
  const auto second = static_cast<unsigned char>(head[1]);
  if (first & 0x70) throw std::runtime_error("a frame with reserved bits");
  if (second & 0x80) throw std::runtime_error("a masked frame from a server");
  std::uint64_t size_bytes = second;
  if (second == 126) size_bytes = from_big_endian(line_.read(2));
  if (second == 127) size_bytes = from_big_endian(line_.read(8));
  return {static_cast<Opcode>(first & 0x0F), (first & 0x80) != 0, line_.read(size_bytes)};
}

}  // namespace chatlab::server::test
