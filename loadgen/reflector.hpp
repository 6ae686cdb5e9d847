// The cheapest server that the generator can be driven by: it fans chats out as they came, and sends rosters
// only where a login waits for one. What the generator takes from it is what it can take at all.
#pragma once

#include <cstdint>

namespace chatlab::loadgen {

/// Serves on 127.0.0.1 until SIGTERM ends the process. When `clients` are logged in all of them get the full
/// roster. Returns the exit status, if it cannot listen.
int serve_as_reflector(std::uint16_t port, std::uint32_t clients);

}  // namespace chatlab::loadgen
