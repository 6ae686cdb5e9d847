// Times as people write them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace chatlab::conformance {

/// "5s", "1500ms", "2" (seconds): more than nothing and up to an hour; empty for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace chatlab::conformance
