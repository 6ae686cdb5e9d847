// WebSocket frames as a server sends them, unmasked and whole (RFC 6455, section 5.2). Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace chatlab::server {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Why a connection is closed (RFC 6455, section 7.4.1, and IANA's registry).
enum class CloseCode : std::uint16_t {
  none = 0,  ///< a close frame without a code
  going_away = 1001,
  protocol_error = 1002,
  invalid_text = 1007,
  too_big = 1009,
  try_again_later = 1013,
};

/// The bytes of one or more frames, headers included. They never change after they have been made, so they
/// may be queued for any number of sockets at once.
using Frame = std::shared_ptr<const std::string>;

/// Adds one frame to `bytes`. The payload of a text frame must be valid UTF-8.
void append_frame(std::string& bytes, Opcode opcode, std::string_view payload);

Frame encode_frame(Opcode opcode, std::string_view payload);
Frame encode_close(CloseCode code, std::string_view reason);

}  // namespace chatlab::server
