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
enum class Command { run, merge, compare, sweep };

/// What a sweep changes from window to window.
enum class Axis { rate, clients, payload };
std::string_view to_string(Axis axis);

/// A server of a comparison or a sweep. Neither a URL nor a command: the reference server.
struct NamedTarget {
  std::string name;
  std::optional<client::Url> url;
  std::optional<client::Launch> launch;
};

struct Options {
  Command command = Command::run;
  std::optional<client::Url> url;  ///< neither this nor launch: the reference server, in a child process
  std::optional<client::Launch> launch;
  std::vector<NamedTarget> targets;   ///< of compare and sweep
  std::optional<int> server_process;  ///< to sample; not given: whoever listens on the port
  Settings run;                       ///< url is filled in once the target is known
  bool gate = true;
  bool headroom = true;
  bool may_load_this_server = false;
  bool really = false;
  std::vector<Slo> slos;
  Format format = Format::text;
  std::string out;                               ///< prefix of files, or one file (.html, .json); empty: none
  std::string svg;                               ///< the main curve goes there; empty: nowhere
  std::string series;                            ///< the series goes there as CSV; empty: nowhere
  std::optional<std::uint16_t> prometheus_port;  ///< live metrics there; 0: on any free port
  bool quiet = false;                            ///< no progress
  std::vector<std::string> merge;                ///< reports to add up, instead of a run

  // Of compare.
  std::uint32_t rounds = 0;
  std::string baseline;                  ///< a comparison of before; empty: the first target
  std::optional<double> fail_if_slower;  ///< 0.1: by 10 %

  Axis axis = Axis::rate;  // of sweep
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
