// Every bound of the server, with its reason. A queue, a wait or a loop that is not named here has an owner
// who ends it.
#pragma once

#include <chrono>
#include <cstddef>

namespace chatlab::server::limits {

/// Longest message a client may send. The lab's messages are a few hundred bytes; 1 MiB is also what the
/// course's Python library allows.
inline constexpr std::size_t message_bytes = 1 << 20;

/// What may wait in one socket's outbox before its client counts as too slow: several seconds of a busy room.
inline constexpr std::size_t outbox_bytes = 8 << 20;

/// Frames handed to the kernel in one gathered write; IOV_MAX is 1024, and past 64 the call itself is no
/// longer what costs.
inline constexpr std::size_t frames_per_write = 64;

/// Longest HTTP request head. Browsers send about 1 KiB of header fields.
inline constexpr std::size_t http_head_bytes = 16 * 1024;

/// How much of a foreign text is repeated in a log line or in an error answer.
inline constexpr std::size_t quoted_bytes = 200;

/// Time for a request's head to arrive and for its answer to leave. Slower ones hold a socket for nothing.
inline constexpr std::chrono::seconds http_exchange{20};

/// Time for a closing peer to take what is still queued and to answer the close.
inline constexpr std::chrono::seconds farewell{2};

/// Pause of the accept loop when the process is out of file descriptors.
inline constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace chatlab::server::limits
