// Every bound of the server, with its reason. A queue, a wait or a loop that is not named here has an owner
// who ends it. Those that Settings has too are its defaults.
#pragma once

#include <chrono>
#include <cstddef>

namespace chatlab::server::limits {

/// Longest message a client may send. The lab's messages are a few hundred bytes; 1 MiB is also what the
/// course's Python library allows.
inline constexpr std::size_t message_bytes = 1 << 20;

/// Longest username. It is sent to everybody at every login, so a long one costs more than a long chat.
inline constexpr std::size_t username_bytes = 1024;

/// What may wait in one socket's outbox before its client counts as too slow: several seconds of a busy room.
inline constexpr std::size_t outbox_bytes = 8 << 20;

/// Buffers handed to the kernel in one gathered send. One holds all the chats of a turn, so more are needed
/// only to catch up.
inline constexpr std::size_t buffers_per_send = 64;

/// Taken from one socket in one turn, in one call: several hundred chats, and then the next socket's.
inline constexpr std::size_t read_bytes = 64 * 1024;

/// A turn that has broadcast so much is ended and sent: nobody waits while the others talk on. At 1,000
/// clients it is some 0.1 s of sending.
inline constexpr std::size_t turn_bytes = 256 * 1024;

/// Events of one turn: each socket has one at most, newly accepted ones come on top.
inline constexpr std::size_t turn_events = 16'384;

/// Chats that stand together in one piece of memory until the slowest client has them.
inline constexpr std::size_t run_bytes = 64 * 1024;

/// Longest HTTP request head. Browsers send about 1 KiB of header fields.
inline constexpr std::size_t http_head_bytes = 16 * 1024;

/// How much of a foreign text is repeated in a log line or in an error answer.
inline constexpr std::size_t quoted_bytes = 200;

/// Threads that can be asked for; far past what a room with one order can use.
inline constexpr std::size_t threads = 256;

/// Time for a request's head to arrive and for its answer to leave. Slower ones hold a socket for nothing.
inline constexpr std::chrono::seconds http_exchange{20};

/// Silence after which a peer counts as gone; it is pinged at half of it. Proxies give up after 60 s.
inline constexpr std::chrono::seconds idle{60};

/// Time for a closing peer to take what is still queued and to answer the close.
inline constexpr std::chrono::seconds farewell{2};

/// Silence after which a node of a cluster counts as gone; it says that it is there eight times as often.
inline constexpr std::chrono::seconds node_silence{5};

/// What clients of one node may have under way to the cluster's sequence; what comes on top is refused.
inline constexpr std::size_t events_under_way = 16'384;

/// What NATS keeps of a room's events for nodes that were away for a while; those that miss more begin anew.
inline constexpr std::size_t stream_bytes = 64 << 20;

/// How often deadlines are looked at, at the least: being late by so much does no harm to any of them.
inline constexpr std::chrono::milliseconds tick{1000};

/// Pause of the accept loop when the process is out of file descriptors.
inline constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace chatlab::server::limits
