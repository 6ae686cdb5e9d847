// WebSocket frames as a client sends them: bytes in, whole messages and control frames out. It keeps RFC 6455
// and names the close code where the client does not. Pure: no socket; the caller keeps what is not complete.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reference-server/frame.hpp"

namespace chatlab::server {

/// One message, one control frame, or what was wrong.
struct Received {
  enum Kind { text, binary, ping, pong, close, violation };
  Kind kind{};
  std::string_view payload;          ///< lives as long as the bytes that were read, and until the next read
  CloseCode code = CloseCode::none;  ///< of a close, or that a violation deserves
};

class FrameReader {
 public:
  explicit FrameReader(std::size_t message_limit_bytes) : message_limit_bytes_(message_limit_bytes) {}

  /// The next of `bytes`, which loses what was read at its front; nothing where a frame is not complete yet.
  /// Frames are unmasked where they stand. After a violation or a close it must not be asked again.
  std::optional<Received> next(std::span<char>& bytes);

 private:
  struct Head;

  std::optional<CloseCode> judge(const Head& head) const;
  std::optional<Received> take_data(const Head& head, std::string_view payload);

  std::size_t message_limit_bytes_;
  std::string message_;  // the fragments so far, or the last fragmented message until the next read
  Opcode opcode_ = Opcode::continuation;  // of the message whose fragments are coming; continuation: none
};

/// Whether it is UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace chatlab::server
