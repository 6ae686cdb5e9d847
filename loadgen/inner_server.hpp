// The servers that this program brings along: the reference server, measured where the command line names
// none, and the reflector, which the generator measures itself with. Each runs in a process of its own, this
// program started again, so that neither uses the generator's CPU or file descriptors unseen.
#pragma once

#include <optional>

#include "client/target.hpp"

namespace chatlab::loadgen {

/// How to start one of them with LaunchedServer.
client::Launch reference_server();
client::Launch reflector(std::uint32_t clients);

/// Where the command line is one of these: serves, and returns the exit status.
std::optional<int> serve_as_asked(int argc, const char* const* argv);

}  // namespace chatlab::loadgen
