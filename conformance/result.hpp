// The results of a run: one verdict per check, and what they come to. Values only; every report is made from
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/capabilities.hpp"
#include "conformance/proof.hpp"
#include "conformance/record.hpp"
#include "conformance/suite.hpp"
#include "conformance/verdict.hpp"

namespace chatlab::conformance {

struct CheckResult {
  const Check* check = nullptr;
  Verdict verdict;
  std::vector<std::string> blocked_by;  ///< ids, or built-in needs
  std::vector<std::string> notes;
  std::vector<Transcript> transcripts;  ///< empty where the check was not run
  Proof proof;                          ///< what the verdict rests on, in these transcripts
  std::string server_output;            ///< the end of what a launched server printed meanwhile
  std::chrono::milliseconds duration{};

  double points() const { return verdict.status == Status::skipped ? 0 : check->points; }
  double earned() const { return verdict.status == Status::passed ? check->points : 0; }
};

struct RunResult {
  const Suite* suite = nullptr;
  std::string target;  ///< the server under test, for people
  std::string
      sandbox;  ///< what the server was confined by; empty where it was not started here as a stranger's
  std::vector<std::string> notes;  ///< what the reader should know of the server as it was handed in
  std::string command;             ///< the command line that names the same target again, for "--only ID"
  std::string started_at;          ///< "2026-11-25T18:10:24Z"
  std::vector<CheckResult> checks;
  std::optional<std::string> unreachable;     ///< why no check could be run
  std::optional<std::string> internal_error;  ///< why this program could not go on
  Capabilities capabilities;
  std::optional<std::string> speaks;  ///< the suite of another edition of the lab, which this server speaks
  std::optional<std::string> behaves_like;  ///< the mistake of the one known server that looks the same
  std::chrono::milliseconds duration{};

  double earned() const;
  double possible() const;  ///< of the checks that were asked for
};

/// What the program exits with.
enum class ExitCode {
  all_musts_pass = 0,
  must_failed = 1,
  usage = 2,
  unreachable = 3,
  inconclusive = 4,
};

/// An inconclusive must outweighs a failed one: the score is then no score. Where not one check passed or
/// failed, nothing was shown, and that is inconclusive too.
ExitCode exit_code(const RunResult& result);

}  // namespace chatlab::conformance
