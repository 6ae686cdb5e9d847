// The command line of chatlab-conformance.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "client/target.hpp"
#include "conformance/run.hpp"

namespace chatlab::conformance {

enum class Format { text, json };

struct Options {
  bool has_url = false;  ///< it is in run.access. Neither this nor launch: the embedded reference server
  std::optional<client::Launch> launch;
  std::string suite;  ///< a built-in suite, or a file; empty: lab08
  Format format = Format::text;
  bool list = false;
  bool detect = false;  ///< say which edition of the lab the server speaks, no more
  bool transcript = false;
  RunSettings run;  ///< run.access.url is filled in once the target is known
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
