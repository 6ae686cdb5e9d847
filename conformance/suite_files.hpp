// Where suites come from: a file, or the ones that are part of the program.
#pragma once

#include <string>

#include "conformance/suite.hpp"

namespace chatlab::conformance {

/// `file`: a path; empty: the built-in suite of the lab, lab08.
boost::system::result<Suite, SuiteError> load_suite(const std::string& file);

}  // namespace chatlab::conformance
