// chatlab-conformance: options -> suite -> target -> run -> report.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include "conformance/edition.hpp"
#include "conformance/embedded_server.hpp"
#include "conformance/explain.hpp"
#include "conformance/fingerprint.hpp"
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
int write_reports(RunResult& result, const Options& options) {
  int failed = 0;
  const auto tell = [&](const std::optional<std::string>& failure) {
    if (!failure) return;
    complain(*failure, ExitCode::inconclusive);
    ++failed;
  };
  if (!options.run_page.empty()) {  // the others leave out what it alone tells
    tell(write_file(options.run_page, html_report(result, {})));
    for (auto& check : result.checks) check.server_output.clear();
  }
  for (const auto& [format, file] : options.outputs) {
    const bool colour = file.empty() && ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
    const auto text = write_report(result, format, {colour, options.transcript, options.run_link});
    tell(file.empty() ? print(text) : write_file(file, text));
    const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
    if (format == Format::github && summary && *summary)
      tell(append_to_file(summary, markdown_report(result)));
  }
  return failed;
}

/// The server under test, started where that is asked for. It lives as long as this object.
class Target {
 public:
  explicit Target(const Options& options) : settings(options.run) {
    if (options.has_url) return;
    if (!options.launch) {
      start_embedded();
      return;
    }
    auto command = *options.launch;
    if (!options.submission || confine(options, command)) launch(std::move(command));
  }

  RunSettings settings;                ///< they reach it
  std::optional<std::string> trouble;  ///< why it is not there
  std::string sandbox;                 ///< what it is confined by
  std::vector<std::string> notes;      ///< on how it was handed in

 private:
  void start_embedded() {
    auto started = EmbeddedServer::start();
    if (started.has_error()) {
      trouble = started.error().text;
      return;
    }
    embedded_ = std::move(*started);
    settings.access.url = embedded_->url();
  }

  void launch(client::Launch command) {
    auto started = client::LaunchedServer::start(std::move(command));
    if (started.has_error()) {
      trouble = started.error().text;
      return;
    }
    launched_ = std::move(*started);
    settings.access.url = launched_->url();
    settings.launched = launched_.get();
  }

  bool confine(const Options& options, client::Launch& command) {
    const auto chosen = grade::choose_confinement(options.confinement);
    if (chosen.has_error()) {
      trouble = chosen.error().text;
      return false;
    }
    const auto& told = options.confinement.told;
    sandbox = told.empty() ? chosen->description : told;
    auto submission = grade::confine(*chosen, options.confinement, *options.submission, command);
    if (submission.has_error()) {
      trouble = submission.error().text;
      return false;
    }
    submission_ = std::move(*submission);
    notes = submission_->notes();
    repeat_tags();  // nobody has met this copy of the server before
    return true;
  }

  std::unique_ptr<grade::Submission> submission_;
  std::unique_ptr<client::LaunchedServer> launched_;
  std::unique_ptr<EmbeddedServer> embedded_;
};

RunResult run_against_target(const Suite& suite, const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  const Target target(options);
  auto result = target.trouble ? unreachable_result(suite, options.run, *target.trouble, began)
                               : run_suite(suite, target.settings);
  result.sandbox = target.sandbox;
  result.notes = target.notes;
  if (!target.trouble && may_speak_another(result)) {
    auto others = load_editions();
    std::erase_if(others, [&](const Suite& other) { return other.name == suite.name; });
    auto settings = target.settings;
    settings.capabilities = result.capabilities;
    if (const auto found = find_edition(others, std::move(settings))) result.speaks = *found;
    result.duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  }
  if (const auto* alike = find_alike(result, known_fingerprints())) result.behaves_like = alike->mistake;
  return result;
}

int detect(const Options& options) {
  const Target target(options);
  if (target.trouble) return complain(*target.trouble, ExitCode::unreachable);
  const auto editions = load_editions();
  const auto found = find_edition(editions, target.settings);
  if (found.has_error()) return complain(found.error().text, ExitCode::unreachable);
  if (!*found) {
    fmt::print("{} speaks no edition of the lab that is known\n", options.run.target);
    return static_cast<int>(ExitCode::must_failed);
  }
  const auto is = [&](const Suite& suite) { return suite.name == **found; };
  fmt::print("{}: {}\n", **found, std::find_if(editions.begin(), editions.end(), is)->title);
  return 0;
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
    const auto& options = std::get<Options>(wanted);
    return options.detect ? detect(options) : test(options, for_grader);
  } catch (const std::exception& bug) {
    return complain(fmt::format("internal error: {}", bug.what()), ExitCode::inconclusive);
  }
}
