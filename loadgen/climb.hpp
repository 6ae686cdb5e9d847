// A sweep's values and rules: which windows were tried, whether each was held, what was found. Nothing is run
// and nothing is printed here.
#pragma once

#include "loadgen/options.hpp"
#include "loadgen/result.hpp"
#include "loadgen/search.hpp"

namespace chatlab::loadgen {

struct SweepWindow {
  SearchStep step;
  Held held = Held::no;
  std::string why;  ///< it was not held, or cannot be told
  Result result;
};

/// What was found of one server.
struct Climb {
  std::string name;
  std::string words;  ///< the server
  std::vector<SweepWindow> windows;
  Finding finding;
  std::optional<std::string> failure;  ///< it could not be measured at all
  double achieved = 0;  ///< the least that the windows which confirm it achieved; of rates only
  double offered = 0;   ///< and what was offered then
};

struct Sweep {
  Axis axis = Axis::rate;
  Settings settings;
  std::vector<Slo> slos;
  std::vector<Climb> climbs;
  bool interrupted = false;
};

/// Whether a window was held: every SLO kept, nothing lost, achieved what was offered, the backlog flat. To
/// confirm, the generator has to be VALID; else it is enough that it is not INVALID. Pure.
Held judge_window(const Result& result, const std::vector<Slo>& slos, SearchStep::Why step, std::string& why);

/// Loads that make sense, and where to begin.
Range range_of(const Options& options);

/// "400 broadcasts/s", "120 clients", "1.02k B".
std::string load_in_words(Axis axis, double load);

/// What was found, in one sentence.
std::string in_words(const Climb& climb, Axis axis);
ExitCode exit_code(const Sweep& sweep);

}  // namespace chatlab::loadgen
