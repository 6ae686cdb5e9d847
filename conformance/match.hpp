// Patterns against JSON. Pure. A pattern is JSON too:
//
//   an object           every field named must match; further fields are allowed
//   an array            as many items, each matching
//   {exactly: X}        X and nothing else: no further fields, the same values
//   {ours: [names]}     a roster: an array of names whose own ones (those with this check's tag) are exactly
//                       these, in any order, each as often as it stands here
//   {mentions: X}       somewhere inside stands the text X, or each of the texts in the list X
//   {one of: [X, ...]}  any of these patterns
//   "$any"              anything, as long as it is there
//   "$absent"           the field is not there
//   anything else       the same value
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/json.hpp"
#include "conformance/ownership.hpp"

namespace chatlab::conformance {

/// What is wrong with `value`, in words, one entry each; empty: it matches.
std::vector<std::string> differences(const Json& pattern, const Json& value, const Ownership& ownership);

inline bool matches(const Json& pattern, const Json& value, const Ownership& ownership) {
  return differences(pattern, value, ownership).empty();
}

/// The pattern as a message that would match it: {"type":"login","users":["alice","bob"]}.
std::string describe_pattern(const Json& pattern);

/// Long texts cut in the middle for reading, at character borders.
std::string shortened(const std::string& text, std::size_t most_bytes = 160);

}  // namespace chatlab::conformance
