// Patterns against JSON: does a message match, and where does it differ? Pure.
#pragma once

#include <string>
#include <vector>

#include "conformance/json.hpp"
#include "conformance/ownership.hpp"

namespace chatlab::conformance {

/// What is wrong with `value`, in words, one entry each; empty: it matches. pattern.hpp tells what a pattern
/// is; this one must have no mistake.
std::vector<std::string> differences(const Json& pattern, const Json& value, const Ownership& ownership);

/// Whether there is no such difference.
bool matches(const Json& pattern, const Json& value, const Ownership& ownership);

}  // namespace chatlab::conformance
