// A check explained to somebody who has never seen it: its rule and where that comes from, its script in
// words, and an exchange with a right server. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

#include "conformance/suite.hpp"

namespace chatlab::conformance {

/// Why there is nothing to explain, in words.
struct ExplainError {
  std::string text;
};

/// `id`: of a check of the suite. For one that there is not, the error names those that come near.
boost::system::result<std::string, ExplainError> explain(const Suite& suite, const std::string& id);

/// The ids of the checks that come nearest to what was typed, best first.
std::vector<std::string> near_ids(const Suite& suite, const std::string& typed);

}  // namespace chatlab::conformance
