// From a record to a verdict: did the server keep the rule, and if not, who should have received what, and
// what came instead. Pure: no socket, no clock, no printing.
#pragma once

#include <optional>
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

/// The expectation that was not kept.
struct Finding {
  std::size_t segment = 0;             ///< index into the record's segments
  std::size_t step = 0;                ///< index into the plan's steps
  Json pattern;                        ///< what should have come
  bool forbidden = false;              ///< it should not
  std::vector<std::string> expecting;  ///< the clients of whom it was expected
  std::vector<std::string> failing;    ///< those with whom it was not so
};

struct Verdict {
  Status status = Status::passed;
  std::string message;                  ///< one sentence, with the clients' plain names; empty for a pass
  std::optional<Finding> finding = {};  ///< of a failure that is not a Problem's
  std::string diagnosis = {};           ///< what the suite knows of the mistake behind a failure
  /// The failure without what differs between two servers that make the same mistake: at which step, with
  /// whom, and what kind. Empty where the check did not fail by itself.
  std::string symptom = {};
  /// Strangers logged in or left just then, and the failure may be a matter of that: worth another try.
  bool disturbed = false;
};

Verdict judge(const Record& record, const Ownership& ownership);

}  // namespace chatlab::conformance
