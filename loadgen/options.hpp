// The command line of chatlab-loadgen.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/target.hpp"
#include "loadgen/settings.hpp"
#include "loadgen/slo.hpp"

namespace chatlab::loadgen {

enum class Format { text, json, csv };

struct Options {
  std::optional<client::Url> url;  ///< neither this nor launch: the reference server, in a child process
  std::optional<client::Launch> launch;
  std::optional<int> server_process;  ///< to sample; not given: whoever listens on the port
  Settings run;                       ///< url is filled in once the target is known
  bool gate = true;
  bool headroom = true;
  bool may_load_this_server = false;
  bool really = false;
  std::vector<Slo> slos;
  Format format = Format::text;
  std::string out;                 ///< prefix of files; empty: none
  bool quiet = false;              ///< no progress
  std::vector<std::string> merge;  ///< reports to add up, instead of a run
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

}  // namespace chatlab::loadgen
