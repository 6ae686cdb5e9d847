// What a running server counts, asked for at /metrics as everybody has to.
#pragma once

#include <string_view>

#include "reference-server/tests/tcp_line.hpp"

namespace chatlab::server::test {

/// The value of a metric without labels, such as "chatlab_sends_total".
double metric(const tcp::endpoint& server, std::string_view name);

}  // namespace chatlab::server::test
