#include "conformance/result.hpp"

namespace chatlab::conformance {

double RunResult::earned() const {
  double sum = 0;
  for (const auto& check : checks) sum += check.earned();
  return sum;
}

double RunResult::possible() const {
  double sum = 0;
  for (const auto& check : checks) sum += check.points();
  return sum;
}

ExitCode exit_code(const RunResult& result) {
  if (result.unreachable) return ExitCode::unreachable;
  bool failed = false;
  bool inconclusive = false;
  for (const auto& check : result.checks) {
    if (check.check->level != Level::must) continue;
    const auto status = check.verdict.status;
    failed |= status == Status::failed || status == Status::blocked;
    inconclusive |= status == Status::inconclusive;
  }
  if (inconclusive) return ExitCode::inconclusive;
  return failed ? ExitCode::must_failed : ExitCode::all_musts_pass;
}

}  // namespace chatlab::conformance
