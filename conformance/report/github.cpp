#include <fmt/format.h>

#include "conformance/legible.hpp"
#include "conformance/report/causes.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

/// As the runner reads a command back: a line of its own, and nothing in it ends it. Line breaks stay breaks.
std::string command_data(std::string_view text) {
  std::string escaped;
  for (const char letter : printable(text, true)) {
    if (letter == '%') {
      escaped += "%25";
    } else if (letter == '\n') {
      escaped += "%0A";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

/// The same for a property, where ":" and "," have a meaning too.
std::string command_property(std::string_view text) {
  std::string escaped;
  for (const char letter : command_data(text)) {
    if (letter == ':') {
      escaped += "%3A";
    } else if (letter == ',') {
      escaped += "%2C";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

std::string annotation(std::string_view severity, std::string_view title, std::string_view text) {
  return fmt::format("::{} title={}::{}\n", severity, command_property(title), command_data(text));
}

std::string annotation_of(const Cause& cause, const RunResult& run) {
  const auto& check = *cause.root->check;
  const auto status = cause.root->verdict.status;
  const auto severity = check.level == Level::must     ? "error"
                        : check.level == Level::should ? "warning"
                                                       : "notice";
  auto text = cause.root->verdict.message;
  if (status == Status::failed) {
    if (!cause.root->verdict.diagnosis.empty())
      text += fmt::format("\nMost likely: {}", cause.root->verdict.diagnosis);
    if (!check.quote.empty()) text += fmt::format("\nFrom {}: \"{}\"", run.suite->handout, check.quote);
    text += fmt::format("\nHint: {}\nAgain: {} --only {}", check.hint, run.command, check.id);
  }
  if (!cause.blocked.empty()) text += fmt::format("\nNot judged because of it: {}", ids_of(cause.blocked));
  const auto points = check.level == Level::must ? points_in_words(check.points)
                                                 : fmt::format("{}, not graded", to_string(check.level));
  return annotation(severity, fmt::format("{} ({}): {}", check.id, points, check.title), text);
}

}  // namespace

std::string github_report(const RunResult& result) {
  std::string text;
  if (result.internal_error)
    text += annotation("error", "An error inside chatlab-conformance", *result.internal_error);
  if (result.unreachable) {
    text += annotation("error", "The server cannot be tested", *result.unreachable);
  } else {
    for (const auto& cause : find_causes(result)) text += annotation_of(cause, result);
  }
  return text + annotation("notice", result.suite->title,
                           fmt::format("{:g} of {:g} points for {}", result.earned(), result.possible(),
                                       result.target));
}

}  // namespace chatlab::conformance
