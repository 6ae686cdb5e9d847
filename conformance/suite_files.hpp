// Where suites come from: a file, or the ones that are part of the program.
#pragma once

#include <string>
#include <vector>

#include "conformance/suite.hpp"

namespace chatlab::conformance {

/// `name`: one of the built-in suites, a path of a file, or empty: the built-in suite of the lab, lab08.
boost::system::result<Suite, SuiteError> load_suite(const std::string& name);

/// The built-in suites, the ones that extend another before it.
std::vector<Suite> load_editions();

/// The names of the built-in suites, the lab's own first.
std::vector<std::string> built_in_suites();

}  // namespace chatlab::conformance
