// The tag of one run of a check: it stands in every name and nonce, so that they are nobody else's on a
// shared server. Pure but for make_tag.
#pragma once

#include <string>
#include <string_view>

namespace chatlab::conformance {

/// Six letters and digits that nobody else's names contain.
std::string make_tag();

/// From now on the tags are the same as in every other run: for servers that no other run has met.
void repeat_tags();

/// The name under which a client of a check logs in: "alice-k3f9x2".
std::string tagged(std::string_view name, std::string_view tag);

/// The text for people: "alice-k3f9x2" is "alice" again.
std::string untagged(std::string text, std::string_view tag);

/// The text of the n-th marker of a fence.
std::string fence_marker(int number, std::string_view tag);

/// True for a text that holds a marker of this run of the check, in whatever form the server relays it.
bool holds_fence_marker(std::string_view text, std::string_view tag);

}  // namespace chatlab::conformance
