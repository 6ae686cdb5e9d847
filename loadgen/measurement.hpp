// One measurement, from the command line's wishes to a judged result: target, preflights, gate, headroom, the
// run, the verdict. It prints nothing but what `tell` is given.
#pragma once

#include <functional>
#include <variant>

#include "loadgen/conductor.hpp"
#include "loadgen/options.hpp"

namespace chatlab::loadgen {

/// It cannot be measured: in one line, and the exit code.
struct Refusal {
  std::string text;
  ExitCode code;
};

struct Listener {
  std::function<void(const std::string&)> say;  ///< a line about what goes on
  std::function<void(const Progress&)> progress;
  int interrupt = -1;  ///< becomes readable when somebody wants it to end
  /// What this process has measured, where the others of its ensemble may be gone, and it may be next.
  std::function<void(const Result&)> tell_alone = [](const Result&) {};
};

std::string server_in_words(const NamedTarget& target);

/// What need not be found out again, because it was a moment ago.
struct Known {
  std::optional<double> capacity_per_s;
  bool passed_the_gate = false;
};

/// `ensemble`: with whom the run's clients are shared.
std::variant<Result, Refusal> measure(const Options& options, const Listener& listener,
                                      const Known& known = {}, Ensemble& ensemble = alone());

/// Fills in what follows from the figures: the verdict, the confidence intervals and the SLOs.
void judge(Result& result, const std::vector<Slo>& slos);

}  // namespace chatlab::loadgen
