// Root causes: which of the results explain others, so that a report tells each mistake once and folds under
// it what could not be shown because of it. Pure.
#pragma once

#include <vector>

#include "conformance/result.hpp"

namespace chatlab::conformance {

struct Cause {
  const CheckResult* root = nullptr;        ///< failed or inconclusive, by itself
  std::vector<const CheckResult*> blocked;  ///< not judged because of it, in the suite's order
};

/// Every result that is no pass and explains itself, failed musts first, then in the suite's order. A blocked
/// check stands under the first failure that it goes back to. Where a need is not a check ("relay") and none
/// of the checks that show it failed, the first blocked check is the root of those that miss the same. Checks
/// that are inconclusive for one and the same reason stand under the first of them.
std::vector<Cause> find_causes(const RunResult& result);

/// Points that the blocked checks of a cause would be worth.
double blocked_points(const Cause& cause);

/// "0.5 points", "1 point"
std::string points_in_words(double points);

/// "chat.order, chat.unchanged"
std::string ids_of(const std::vector<const CheckResult*>& results);

}  // namespace chatlab::conformance
