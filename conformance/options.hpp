// The command line of chatlab-conformance.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "client/target.hpp"
#include "conformance/grade/confinement.hpp"
#include "conformance/outputs.hpp"
#include "conformance/run.hpp"

namespace chatlab::conformance {

struct Options {
  bool has_url = false;  ///< it is in run.access. Neither this nor launch: the embedded reference server
  std::optional<client::Launch> launch;
  std::optional<grade::SubmissionSettings> submission;  ///< what is to be launched, of a stranger
  grade::Confinement confinement;                       ///< of the submission
  std::string suite;                                    ///< a built-in suite, or a file; empty: lab08
  std::vector<Output> outputs;                          ///< the reports, and where they go
  std::string explain;                                  ///< id of the check to explain instead of a run
  bool list = false;
  bool detect = false;  ///< say which edition of the lab the server speaks, no more
  bool transcript = false;
  std::string
      run_page;  ///< the grader's: an HTML report goes there, with all that two runs need not have alike
  std::string run_link;  ///< and the others link to it
  RunSettings run;       ///< run.access.url is filled in once the target is known
};

/// Printed on standard output; exit code 0.
struct Information {
  std::string text;
};

/// One line for standard error; exit code 2.
struct UsageError {
  std::string text;
};

std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv);

}  // namespace chatlab::conformance
