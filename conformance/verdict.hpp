// From a record to a verdict: did the server keep the rule, and if not, who should have received what, and
// what came instead. Pure: no socket, no clock, no printing.
#pragma once

#include <string>
#include <vector>

#include "conformance/ownership.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

enum class Status {
  passed,
  failed,        ///< the server broke the rule in this check
  blocked,       ///< a check that this one needs did not pass
  inconclusive,  ///< nothing was shown, for either side
  skipped,       ///< not asked for
};

/// "pass", "fail", "blocked", "inconclusive", "skipped"
std::string_view to_string(Status status);

struct Verdict {
  Status status = Status::passed;
  std::string message;  ///< one sentence, with the clients' plain names; empty for a pass
};

Verdict judge(const Record& record, const Ownership& ownership);

}  // namespace chatlab::conformance
