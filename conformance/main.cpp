// chatlab-conformance: options -> suite -> target -> run -> report.
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "conformance/embedded_server.hpp"
#include "conformance/explain.hpp"
#include "conformance/grade/command.hpp"
#include "conformance/grade/judging.hpp"
#include "conformance/options.hpp"
#include "conformance/report/files.hpp"
#include "conformance/report/report.hpp"
#include "conformance/suite_files.hpp"
#include "conformance/tag.hpp"

namespace {

using namespace chatlab;
using namespace chatlab::conformance;

int complain(const std::string& text, ExitCode code) {
  fmt::print(stderr, "chatlab-conformance: {}\n", text);
  return static_cast<int>(code);
}

std::optional<std::string> print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
  return fmt::format("cannot write the report: {}", std::strerror(errno));
}

/// Writes all reports, whatever becomes of one of them; returns how many could not be written.
int write_reports(const RunResult& result, const Options& options) {
  int failed = 0;
  const auto tell = [&](const std::optional<std::string>& failure) {
    if (!failure) return;
    complain(*failure, ExitCode::inconclusive);
    ++failed;
  };
  for (const auto& [format, file] : options.outputs) {
    const bool colour = file.empty() && ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
    const auto text = write_report(result, format, {colour, options.transcript});
    tell(file.empty() ? print(text) : write_file(file, text));
    const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
    if (format == Format::github && summary && *summary)
      tell(append_to_file(summary, markdown_report(result)));
  }
  return failed;
}

RunResult run_launched(const Suite& suite, RunSettings settings, const client::Launch& launch) {
  const auto began = std::chrono::steady_clock::now();
  const auto launched = client::LaunchedServer::start(launch);
  if (launched.has_error()) return unreachable_result(suite, settings, launched.error().text, began);
  settings.access.url = (*launched)->url();
  settings.launched = launched->get();
  return run_suite(suite, settings);
}

RunResult run_submission(const Suite& suite, const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto chosen = grade::choose_confinement(options.confinement);
  if (chosen.has_error()) return unreachable_result(suite, options.run, chosen.error().text, began);
  auto launch = *options.launch;
  const auto submission = grade::confine(*chosen, options.confinement, *options.submission, launch);
  if (submission.has_error()) return unreachable_result(suite, options.run, submission.error().text, began);
  repeat_tags();  // nobody has met this copy of the server before
  auto result = run_launched(suite, options.run, launch);
  result.sandbox = chosen->description;
  result.notes = (*submission)->notes();
  return result;
}

RunResult run_against_target(const Suite& suite, const Options& options) {
  auto settings = options.run;
  const auto began = std::chrono::steady_clock::now();
  if (options.has_url) return run_suite(suite, settings);
  if (options.submission) return run_submission(suite, options);
  if (options.launch) return run_launched(suite, settings, *options.launch);
  const auto embedded = EmbeddedServer::start();
  if (embedded.has_error()) return unreachable_result(suite, settings, embedded.error().text, began);
  settings.access.url = (*embedded)->url();
  return run_suite(suite, settings);
}

int test(const Options& options, bool for_grader) {
  const auto suite = load_suite(options.suite);
  if (suite.has_error()) return complain(suite.error().text, ExitCode::usage);
  if (!options.explain.empty()) {
    const auto explanation = explain(*suite, options.explain);
    if (explanation.has_error()) return complain(explanation.error().text, ExitCode::usage);
    fmt::print("{}", *explanation);
    return 0;
  }
  if (options.list) {
    fmt::print("{}", list_checks(*suite));
    return 0;
  }
  if (const auto mistake = selection_mistake(*suite, options.run)) return complain(*mistake, ExitCode::usage);
  const auto began = std::chrono::steady_clock::now();
  RunResult result;
  try {
    result = run_against_target(*suite, options);
  } catch (const std::exception& bug) {
    result = broken_result(*suite, options.run, bug.what(), began);
  }
  if (for_grader) result.started_at.clear();  // two gradings differ in durations only
  if (write_reports(result, options) > 0) return static_cast<int>(ExitCode::inconclusive);
  return static_cast<int>(exit_code(result));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1 && argv[1] == std::string_view("grade")) return grade::run_command({argv + 2, argv + argc});
    const bool for_grader = grade::follow_grader();
    const auto wanted = read_options(argc, argv);
    if (const auto* information = std::get_if<Information>(&wanted)) {
      fmt::print("{}", information->text);
      return 0;
    }
    if (const auto* error = std::get_if<UsageError>(&wanted)) return complain(error->text, ExitCode::usage);
    return test(std::get<Options>(wanted), for_grader);
  } catch (const std::exception& bug) {
    return complain(fmt::format("internal error: {}", bug.what()), ExitCode::inconclusive);
  }
}
