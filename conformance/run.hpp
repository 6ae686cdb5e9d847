// Runs a suite against one server: finds out what can be seen of it, takes the checks in order, minds what
// each of them needs, and collects the verdicts. It prints nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/access.hpp"
#include "client/target.hpp"
#include "conformance/result.hpp"

namespace chatlab::conformance {

struct RunSettings {
  client::Access access;
  client::LaunchedServer* launched =
      nullptr;          ///< the server, where this program started it: it can be restarted
  std::string target;   ///< for RunResult
  std::string command;  ///< for RunResult
  std::chrono::milliseconds timeout{5000};   ///< how long a message that should come is waited for
  std::chrono::milliseconds wait{};          ///< how long a server that does not answer yet is waited for
  bool exclusive = false;                    ///< nobody else uses the server
  std::vector<std::string> only;             ///< globs; empty: all checks
  std::vector<std::string> exclude;          ///< globs
  std::optional<Capabilities> capabilities;  ///< the server's, where an earlier run has found them
};

/// The suite must outlive the result. Blocks until all checks are done. What goes wrong inside this program
/// ends the run, and the result says so.
RunResult run_suite(const Suite& suite, const RunSettings& settings);

/// The result where there is no server to test: every check inconclusive, and why. `began`: when the search
/// for the server did.
RunResult unreachable_result(const Suite& suite, const RunSettings& settings, const std::string& why,
                             std::chrono::steady_clock::time_point began);

/// The result where this program itself broke down before it could test anything, and why.
RunResult broken_result(const Suite& suite, const RunSettings& settings, const std::string& what,
                        std::chrono::steady_clock::time_point began);

/// What is wrong with --only and --exclude for this suite, in words: a glob that matches nothing, or nothing
/// left to run.
std::optional<std::string> selection_mistake(const Suite& suite, const RunSettings& settings);

/// Whether --only and --exclude leave this check in.
bool is_selected(const Check& check, const std::vector<std::string>& only,
                 const std::vector<std::string>& exclude);

}  // namespace chatlab::conformance
