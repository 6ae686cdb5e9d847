// Lets servers take turns, round by round, each freshly started, and has the result judged. It prints nothing
// but what the listener is given.
#pragma once

#include "loadgen/comparison.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/report/comparison_report.hpp"

namespace chatlab::loadgen {

/// `baseline`: what an earlier comparison found of the same server, or of the only one that it had.
std::variant<Comparison, Refusal> compare(const Options& options, const Listener& listener,
                                          std::optional<Baseline> baseline);

}  // namespace chatlab::loadgen
