// Text that came from elsewhere, made fit for people to read. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chatlab::conformance {

/// Long texts cut in the middle, at character borders.
std::string shortened(const std::string& text, std::size_t most_bytes = 160);

/// Control characters (what a terminal would obey) and bytes that are not UTF-8 written out: "\x1b". Line
/// breaks and tabs too, where `lines` is false.
std::string printable(std::string_view text, bool lines = false);

/// "alice", "alice and bob", "alice, bob and carol"; "nobody".
std::string listed(const std::vector<std::string>& names);

/// The same with only the first names of many: "crowd_1, crowd_2, crowd_3 and 47 others".
std::string listed_briefly(std::vector<std::string> names);

}  // namespace chatlab::conformance
