// A file name for an id that somebody else chose. Pure: different ids have different names, none leaves the
// folder, is hidden, or needs quotes in a shell.
#pragma once

#include <string>
#include <string_view>

namespace chatlab::grade {

std::string file_name_of(std::string_view id);

/// The same in a link: "%" is written out.
std::string file_link_to(std::string_view id);

}  // namespace chatlab::grade
