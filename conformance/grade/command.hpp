// "chatlab-conformance grade": options -> class -> judges -> tables, pages and gradebook.
#pragma once

#include <string>
#include <vector>

namespace chatlab::grade {

/// Without "chatlab-conformance grade" before them. Returns the exit code.
int run_command(const std::vector<std::string>& arguments);

}  // namespace chatlab::grade
