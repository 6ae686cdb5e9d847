// Does the server still live? Asked after every check, so that one check is never judged for what another one
// has broken.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "client/access.hpp"
#include "conformance/capabilities.hpp"

namespace chatlab::conformance {

/// Connects a client of its own and, where a login can be seen on this server, logs it in. Empty: all is
/// well; else what went wrong, in words that follow "the server". Takes `timeout` at the most, twice where
/// the server takes the connection and shows no login.
asio::awaitable<std::optional<std::string>> feel_pulse(client::Access access, Capabilities capabilities,
                                                       std::chrono::milliseconds timeout);

}  // namespace chatlab::conformance
