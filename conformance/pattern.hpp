// The language of patterns. Pure. A pattern is JSON:
//
//   an object           every field named must match; further fields are allowed
//   an array            as many items, each matching
//   {exactly: X}        X and nothing else: no further fields, the same values
//   {ours: [names]}     a roster: an array of names whose own ones (those with this check's tag) are exactly
//                       these, in any order, each as often as it stands here
//   {mentions: X}       somewhere inside stands the text X, or each of the texts in the list X
//   {one of: [X, ...]}  any of these patterns
//   {all: X}            an array, each item of which matches X
//   {json in text: X}   a text that holds JSON, which matches X
//   "$text"             any text
//   "$list"             any array
//   "$object"           any object
//   "$any"              anything, as long as it is there
//   "$absent"           the field is not there
//   anything else       the same value
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conformance/json.hpp"

namespace chatlab::conformance {

/// True for "$any", "$text", "$list", "$object" and "$absent".
bool is_placeholder(std::string_view text);

/// "exactly", "ours", "mentions", "one of", "all" or "json in text" where the pattern is one of those; else
/// empty.
std::string_view matcher_of(const Json& pattern);

/// What is wrong with the pattern itself, in words; empty: it can be matched against.
std::optional<std::string> pattern_mistake(const Json& pattern);

/// The pattern as a message that would match it: {"type":"login","users":["alice","bob"]}.
std::string describe_pattern(const Json& pattern);

/// A whole message that matches the pattern.
Json example_of(const Json& pattern);

}  // namespace chatlab::conformance
