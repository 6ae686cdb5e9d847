// The command line of "chatlab-conformance grade".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "conformance/grade/confinement.hpp"
#include "conformance/options.hpp"

namespace chatlab::grade {

struct Options {
  std::string roster;       ///< file; empty: none
  std::string submissions;  ///< folder or archive; empty: none
  std::string out;
  std::string gradebook;  ///< Canvas' export; empty: none
  std::string assignment;
  std::string suite;
  Confinement confinement;
  bool launches = false;                      ///< --launch is given
  std::vector<std::string> url_arguments;     ///< what a judge of a URL is told, the URL left out
  std::vector<std::string> launch_arguments;  ///< what a judge of a submission is told, that left out
  std::size_t jobs = 1;
  std::size_t per_host = 1;
  std::chrono::milliseconds time_limit{300'000};
  bool force = false;
  bool only_failed = false;
};

using conformance::Information;
using conformance::UsageError;

/// Without "chatlab-conformance grade" before them.
std::variant<Options, Information, UsageError> read_options(const std::vector<std::string>& arguments);

}  // namespace chatlab::grade
