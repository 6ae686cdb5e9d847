#include <fmt/format.h>

#include "conformance/json.hpp"
#include "conformance/legible.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

/// One line, in which "#" begins no directive.
std::string description(std::string_view text) {
  std::string escaped;
  for (const char letter : printable(text)) {
    if (letter == '\\' || letter == '#') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

/// A text in double quotes: YAML reads JSON's.
std::string quoted(const std::string& text) {
  return to_text(Json(printable(text)));
}

std::string diagnostics(const CheckResult& result, const RunResult& run) {
  const auto& check = *result.check;
  std::string text = "  ---\n";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {}: {}\n", name, quoted(value));
  };
  add("message", result.verdict.message);
  add("level", std::string(to_string(check.level)));
  add("rule", check.rule);
  add("diagnosis", result.verdict.diagnosis);
  add("handout", check.quote);
  add("hint", check.hint);
  add("again", fmt::format("{} --only {}", run.command, check.id));
  return text + "  ...\n";
}

/// The line of one check. Blocked by a check that is "not ok" itself, it says nothing of its own.
std::string line_of(const CheckResult& result, std::size_t number) {
  const auto& check = *result.check;
  const auto name = fmt::format("{} - {} {}", number, description(check.id), description(check.title));
  const bool graded = check.level == Level::must;
  switch (result.verdict.status) {
    case Status::passed:
      return fmt::format("ok {}\n", name);
    case Status::failed:
      return fmt::format("not ok {}{}\n", name,
                         graded ? "" : fmt::format(" # TODO {}: not graded", to_string(check.level)));
    case Status::inconclusive:
      return fmt::format("not ok {}{}\n", name, graded ? "" : " # TODO inconclusive, and not graded");
    case Status::blocked:
      return fmt::format("ok {} # SKIP blocked: {}\n", name, description(result.verdict.message));
    case Status::skipped:
      break;
  }
  return fmt::format("ok {} # SKIP {}\n", name,
                     result.verdict.message.empty() ? "not asked for" : description(result.verdict.message));
}

}  // namespace

std::string tap_report(const RunResult& result) {
  std::string text = fmt::format("TAP version 14\n1..{}\n# {} against {}\n", result.checks.size(),
                                 printable(result.suite->title), printable(result.target));
  if (result.unreachable) {
    return text +
           fmt::format("Bail out! The server cannot be tested: {}\n", description(*result.unreachable));
  }
  std::size_t number = 0;
  for (const auto& check : result.checks) {
    text += line_of(check, ++number);
    const auto status = check.verdict.status;
    if (status == Status::failed || status == Status::inconclusive) text += diagnostics(check, result);
  }
  text += fmt::format("# {:g} of {:g} points\n", result.earned(), result.possible());
  if (!result.internal_error) return text;
  return text + fmt::format("Bail out! An error inside chatlab-conformance: {}\n",
                            description(*result.internal_error));
}

}  // namespace chatlab::conformance
