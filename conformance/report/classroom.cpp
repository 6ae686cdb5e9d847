#include <fmt/format.h>

#include "conformance/legible.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {

// The form in which the runners of GitHub Classroom hand their results to its reporter: a test each for what
// is worth points, so that a part of the points is a part of the credit.
std::string classroom_report(const RunResult& result) {
  auto tests = Json::array();
  double possible = 0;
  for (const auto& check : result.checks) {
    if (check.points() <= 0) continue;
    const bool passed = check.verdict.status == Status::passed;
    possible += check.points();
    tests.push_back({{"name", check.check->id},
                     {"status", passed ? "pass" : "fail"},
                     {"score", check.earned()},
                     {"message", passed ? "" : printable(check.verdict.message)},
                     {"test_code", fmt::format("{} --only {}", result.command, check.check->id)},
                     {"filename", ""},
                     {"line_no", 0},
                     {"execution_time", fmt::format("{}ms", check.duration.count())}});
  }
  const Json report = {{"version", 1},
                       {"status", result.earned() == possible ? "pass" : "fail"},
                       {"max_score", possible},
                       {"tests", std::move(tests)}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chatlab::conformance
