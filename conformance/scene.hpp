// What all who act in one check share: its clients, the server, and how long they wait. It does nothing
// itself.
#pragma once

#include <string>

#include "client/target.hpp"
#include "conformance/capabilities.hpp"
#include "conformance/crew.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

struct Scene {
  client::Access access;
  Capabilities capabilities;
  std::chrono::milliseconds timeout;  ///< how long a message that should come is waited for
  Crew crew;
  const client::LaunchedServer* launched = nullptr;  ///< where this program has started the server
  std::size_t output_begin = 0;                      ///< what it had printed when the check began

  Clock::time_point deadline() const { return Clock::now() + timeout; }

  /// Empty where the client is connected by the deadline.
  asio::awaitable<std::optional<Problem>> connect(std::string client);

  /// The problem with a client, and how its connection ended, where it did.
  Problem problem(Problem::Kind kind, const std::string& client);
};

}  // namespace chatlab::conformance
