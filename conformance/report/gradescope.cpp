#include <fmt/format.h>

#include "conformance/legible.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

constexpr std::size_t shown_bytes = 4000;  // of what a server printed

/// What a student reads under a test: why it did not pass, and where to look.
std::string output_of(const CheckResult& result, const RunResult& run) {
  const auto& check = *result.check;
  if (result.verdict.status == Status::passed) return check.title;
  auto text = fmt::format("{}\n{}", check.title, printable(result.verdict.message));
  for (const auto& note : result.notes) text += "\nNote: " + printable(note);
  if (result.verdict.status != Status::failed) return text;
  if (!result.verdict.diagnosis.empty()) text += "\nMost likely: " + result.verdict.diagnosis;
  if (!check.quote.empty()) text += fmt::format("\nFrom {}: \"{}\"", run.suite->handout, check.quote);
  if (!check.hint.empty()) text += "\nHint: " + check.hint;
  if (!result.server_output.empty())
    text += "\nThe server printed:\n" + printable(shortened(result.server_output, shown_bytes), true);
  return text;
}

Json test_of(const CheckResult& result, const RunResult& run, int number) {
  const auto& check = *result.check;
  Json test = {{"name", check.id},
               {"number", std::to_string(number)},
               {"status", result.verdict.status == Status::passed ? "passed" : "failed"},
               {"output", output_of(result, run)},
               {"output_format", "text"},
               {"visibility", "visible"}};
  if (check.level == Level::must) {
    test["score"] = result.earned();
    test["max_score"] = result.points();
  } else {
    test["name"] = fmt::format("{} ({}, not graded)", check.id, to_string(check.level));
  }
  return test;
}

/// What stands above the tests.
std::string summary_of(const RunResult& result) {
  if (result.unreachable) {
    return "The server cannot be tested: " + printable(shortened(*result.unreachable, shown_bytes), true);
  }
  if (result.internal_error) {
    return "An error inside the grader, which is no fault of yours; please tell the course staff: " +
           printable(*result.internal_error);
  }
  std::string text = fmt::format("{:g} of {:g} points.", result.earned(), result.possible());
  if (result.speaks)
    text += fmt::format("\nThis server speaks another edition of the lab: {}.", *result.speaks);
  for (const auto& note : result.notes) text += "\n" + printable(note);
  return text;
}

}  // namespace

std::string gradescope_report(const RunResult& result) {
  auto tests = Json::array();
  int number = 0;
  for (const auto& check : result.checks) {
    if (check.verdict.status != Status::skipped) tests.push_back(test_of(check, result, ++number));
  }
  const Json report = {{"score", result.earned()},
                       {"execution_time", static_cast<double>(result.duration.count()) / 1000.0},
                       {"output", summary_of(result)},
                       {"output_format", "text"},
                       {"visibility", "visible"},
                       {"stdout_visibility", "hidden"},
                       {"tests", std::move(tests)}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chatlab::conformance
