// Colours of a terminal.
#pragma once

#include <string_view>

namespace chatlab::loadgen::colour {

inline constexpr std::string_view green = "\x1b[32m", red = "\x1b[31m", yellow = "\x1b[33m", dim = "\x1b[2m",
                                  bold = "\x1b[1m", none = "\x1b[0m";

}  // namespace chatlab::loadgen::colour
