// Limits of a launched server as people write them: "memory=512MiB". Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "client/limits.hpp"
#include "client/url.hpp"

namespace chatlab::conformance {

/// Sets one of the limits: "memory=512MiB", "processes=32", "file=10MiB", "cpu=60s". A failure says what was
/// wanted.
boost::system::result<void, client::Failure> set_limit(client::Limits& limits, std::string_view text);

}  // namespace chatlab::conformance
