// What one client of a check saw and did, in order, with times. Values only: written while a check runs, read
// by verdict and report.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "conformance/json.hpp"

namespace chatlab::conformance {

struct Event {
  enum class Kind { connected, sent, received, pinged, pong, closed_by_us, closed_by_server };
  Kind kind = Kind::received;
  std::chrono::microseconds at{};  ///< since the check began
  std::string text;     ///< the frame's payload, or how the connection ended: "closed" or "reset" by us
  bool is_text = true;  ///< false: a binary frame
  std::shared_ptr<const Json> value = {};  ///< the payload as JSON, where it is JSON
};

struct Transcript {
  std::string client;
  std::vector<Event> events;
};

/// The longest time between two frames that this client received one after the other.
std::chrono::microseconds longest_pause(const Transcript& transcript);

/// The end that the server put to the connection, of the events from `begin` to before `end`; null where
/// none.
const Event* end_by_server(const Transcript& transcript, std::size_t begin = 0,
                           std::size_t end = static_cast<std::size_t>(-1));

/// True too where neither is JSON.
bool is_same_json(const Event& one, const Event& other);

}  // namespace chatlab::conformance
