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
  bool shown = false;
  bool failed = false;
  bool inconclusive = result.internal_error.has_value();
  for (const auto& check : result.checks) {
    const auto status = check.verdict.status;
    shown |= status == Status::passed || status == Status::failed;
    if (check.check->level != Level::must) continue;
    failed |= status == Status::failed || status == Status::blocked;
    inconclusive |= status == Status::inconclusive;
  }
  if (inconclusive) return ExitCode::inconclusive;
  if (failed) return ExitCode::must_failed;
  return shown ? ExitCode::all_musts_pass : ExitCode::inconclusive;
}

}  // namespace chatlab::conformance
