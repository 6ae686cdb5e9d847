// A WebSocket text frame, encoded once and shared by everybody who receives it. It never changes after it has
// been made, so it may be queued for any number of sockets at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace chatlab::server {

/// The bytes that go to the socket, header included.
using Frame = std::shared_ptr<const std::string>;

/// Encodes one unfragmented, unmasked text frame (RFC 6455, section 5.2). `payload` must be valid UTF-8.
Frame encode_text_frame(std::string_view payload);

}  // namespace chatlab::server
