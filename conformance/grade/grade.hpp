// What one submission got, and why: read from the report of its judging. Values only. Nothing in it says when
// or how long, so that two gradings of one submission are the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/json.hpp"

namespace chatlab::grade {

using Json = conformance::Json;

/// How the judging ended.
enum class Outcome {
  tested,         ///< its checks were run
  not_started,    ///< there was no server to test: it did not start, was not found, did not answer
  stopped,        ///< it was not done in the time that one submission gets
  judge_lost,     ///< the judging process died or said nothing
  not_handed_in,  ///< there is no submission
};

std::string_view to_string(Outcome outcome);

struct CheckGrade {
  std::string id, area, title, level, status, message;
  double points = 0;
  double earned = 0;
};

struct AreaGrade {
  std::string area;
  double points = 0;
  double earned = 0;
};

struct Grade {
  std::string id;
  std::string name;
  std::string source;  ///< a URL, or a file or folder
  bool late = false;
  std::vector<std::string> extras;  ///< the roster's further cells
  std::string key;                  ///< of all that the grade depends on; another key, another grade

  Outcome outcome = Outcome::tested;
  std::string reason;   ///< why there was nothing to test, or why it ended early
  std::string sandbox;  ///< what the code was confined by; empty for a URL
  std::vector<std::string> notes;
  std::vector<CheckGrade> checks;
  double possible = 0;   ///< what could be earned
  bool has_run = false;  ///< its run has a page of its own: what was exchanged, and what the server printed

  double earned() const;
  std::vector<AreaGrade> areas() const;  ///< those that are worth points, in the suite's order
  bool full_marks() const { return outcome == Outcome::tested && earned() == possible; }

  /// Whether somebody should look at it before the score counts: the judge was lost, or could not say.
  bool needs_a_look() const;

  /// The first thing that cost points, in words; empty at full marks.
  std::string first_failure() const;

  /// The checks that did not pass and were to: what this submission has in common with others.
  std::string fingerprint() const;
};

/// Fills in what the judge's report says. Throws Json::exception where it is no such report.
void read_report(const Json& report, Grade& grade);

/// A number without zeros that say nothing: 4.5, 5.
std::string points_text(double points);

/// A student's result on disk, with the judge's report (null where there is none), and back; nothing where
/// the text is no such result.
std::string to_file(const Grade& grade, const Json& report);
std::optional<Grade> from_file(const std::string& text);

}  // namespace chatlab::grade
