// WebSocket frames (RFC 6455) from the client's side: what a server sends is walked in place, what a client
// sends is masked. Pure: bytes in, messages out; it knows no socket.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace chatlab::loadgen {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Longest message that is taken: rosters of 10,000 names are far shorter, and a server that announces more
/// is broken.
inline constexpr std::size_t message_limit_bytes = 16 << 20;

/// Appends one whole masked frame.
void append_frame(std::string& bytes, Opcode opcode, std::string_view payload, std::uint32_t mask);

/// The payload of a close frame.
std::string close_payload(std::uint16_t code);

struct FrameHead {
  Opcode opcode{};
  bool final = false;
  std::size_t head_bytes = 0;
  std::size_t payload_bytes = 0;
};

/// What the first bytes of a frame say. Neither a head nor an error: more bytes are needed.
struct HeadRead {
  std::optional<FrameHead> head;
  const char* error = nullptr;
};
HeadRead read_head(std::string_view bytes);

/// Walks the frames of one connection. Whole frames are taken from the caller's bytes; only what is left of a
/// frame that goes on is kept.
class FrameWalker {
 public:
  /// `sink.message(std::string_view)` gets every whole text message, `sink.control(Opcode, std::string_view)`
  /// pings, pongs and closes, `sink.binary()` tells of a binary message. Each returns false to stop the walk.
  /// Returns what the peer did wrong, or nullptr.
  template <class Sink>
  const char* feed(std::string_view bytes, Sink& sink);

  /// Gives memory back that a long message had needed.
  void shrink() {
    if (kept_.empty()) kept_.shrink_to_fit();
  }

 private:
  /// Takes what the frame in kept_ needs out of `bytes`; true when it is whole.
  bool complete(std::string_view& bytes, FrameHead& head, const char*& error);

  template <class Sink>
  const char* hand_over(const FrameHead& head, std::string_view payload, Sink& sink, bool& stop);

  struct Fragments {
    Opcode opcode{};
    std::string payload;
  };
  std::string kept_;                      // the beginning of a frame
  std::unique_ptr<Fragments> fragments_;  // the beginning of a message
};

template <class Sink>
const char* FrameWalker::feed(std::string_view bytes, Sink& sink) {
  bool stop = false;
  const char* error = nullptr;
  if (!kept_.empty()) {
    FrameHead head;
    if (!complete(bytes, head, error)) return error;
    const std::string frame = std::move(kept_);  // the sink may feed again
    kept_.clear();
    error = hand_over(head, std::string_view(frame).substr(head.head_bytes), sink, stop);
    if (error || stop) return error;
  }
  while (!bytes.empty()) {
    // A whole text message of usual length is taken without a second look; nearly all are.
    if (bytes.size() >= 4 && bytes[0] == '\x81' && !fragments_) [[likely]] {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
      const std::size_t head_bytes = byte(1) < 126 ? 2 : 4;
      const std::size_t frame_bytes = head_bytes + (head_bytes == 2 ? byte(1) : byte(2) << 8 | byte(3));
      if (byte(1) <= 126 && frame_bytes <= bytes.size()) [[likely]] {
        if (!sink.message(bytes.substr(head_bytes, frame_bytes - head_bytes))) return nullptr;
        bytes.remove_prefix(frame_bytes);
        continue;
      }
    }
    const auto [head, wrong] = read_head(bytes);
    if (wrong) return wrong;
    if (!head || bytes.size() < head->head_bytes + head->payload_bytes) {
      kept_ = bytes;
      return nullptr;
    }
    error = hand_over(*head, bytes.substr(head->head_bytes, head->payload_bytes), sink, stop);
    if (error || stop) return error;
    bytes.remove_prefix(head->head_bytes + head->payload_bytes);
  }
  return nullptr;
}

template <class Sink>
const char* FrameWalker::hand_over(const FrameHead& head, std::string_view payload, Sink& sink, bool& stop) {
  if (head.opcode == Opcode::text && head.final && !fragments_) [[likely]] {
    stop = !sink.message(payload);
    return nullptr;
  }
  if (head.opcode >= Opcode::close) {
    stop = !sink.control(head.opcode, payload);
    return nullptr;
  }
  if (head.opcode == Opcode::continuation) {
    if (!fragments_) return "a continuation frame without a message to continue";
  } else {
    if (fragments_) return "a new message inside a fragmented one";
    fragments_ = std::make_unique<Fragments>();
    fragments_->opcode = head.opcode;
  }
  if (fragments_->payload.size() + payload.size() > message_limit_bytes)
    return "a message of more than 16 MiB";
  fragments_->payload += payload;
  if (!head.final) return nullptr;
  const auto whole = std::move(fragments_);
  stop = !(whole->opcode == Opcode::text ? sink.message(whole->payload) : sink.binary());
  return nullptr;
}

}  // namespace chatlab::loadgen
