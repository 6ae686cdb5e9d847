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

#include "conformance/edition.hpp"
#include "conformance/embedded_server.hpp"
#include "conformance/options.hpp"
#include "conformance/report/report.hpp"
#include "conformance/suite_files.hpp"

namespace {

using namespace chatlab;
using namespace chatlab::conformance;

int complain(const std::string& text, ExitCode code) {
  fmt::print(stderr, "chatlab-conformance: {}\n", text);
  return static_cast<int>(code);
}

/// False where the report could not be written.
bool print_report(const RunResult& result, const Options& options) {
  const bool colour = ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  const auto text = options.format == Format::json ? json_report(result, options.transcript)
                                                   : text_report(result, {colour, options.transcript});
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

/// The server under test, started where that is asked for.
class Target {
 public:
  /// Empty: it is there, and settings() reaches it. Else why not.
  std::optional<std::string> find(const Options& options) {
    settings_ = options.run;
    if (options.has_url) return std::nullopt;
    if (options.launch) {
      auto launched = client::LaunchedServer::start(*options.launch);
      if (launched.has_error()) return launched.error().text;
      launched_ = std::move(*launched);
      settings_.access.url = launched_->url();
      settings_.launched = launched_.get();
      return std::nullopt;
    }
    auto embedded = EmbeddedServer::start();
    if (embedded.has_error()) return embedded.error().text;
    embedded_ = std::move(*embedded);
    settings_.access.url = embedded_->url();
    return std::nullopt;
  }

  const RunSettings& settings() const { return settings_; }

 private:
  RunSettings settings_;
  std::unique_ptr<client::LaunchedServer> launched_;
  std::unique_ptr<EmbeddedServer> embedded_;
};

RunResult run_against_target(const Suite& suite, const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  Target target;
  if (const auto trouble = target.find(options))
    return unreachable_result(suite, options.run, *trouble, began);
  auto result = run_suite(suite, target.settings());
  if (may_speak_another(result)) {
    auto others = load_editions();
    std::erase_if(others, [&](const Suite& other) { return other.name == suite.name; });
    if (const auto found = find_edition(others, target.settings())) result.speaks = *found;
  }
  return result;
}

int detect(const Options& options) {
  Target target;
  if (const auto trouble = target.find(options)) return complain(*trouble, ExitCode::unreachable);
  const auto editions = load_editions();
  const auto found = find_edition(editions, target.settings());
  if (found.has_error()) return complain(found.error().text, ExitCode::unreachable);
  if (!*found) {
    fmt::print("{} speaks no edition of the lab that is known\n", options.run.target);
    return static_cast<int>(ExitCode::must_failed);
  }
  const auto is = [&](const Suite& suite) { return suite.name == **found; };
  fmt::print("{}: {}\n", **found, std::find_if(editions.begin(), editions.end(), is)->title);
  return 0;
}

int test(const Options& options) {
  const auto suite = load_suite(options.suite);
  if (suite.has_error()) return complain(suite.error().text, ExitCode::usage);
  if (options.list) {
    fmt::print("{}", list_checks(*suite));
    return 0;
  }
  if (const auto mistake = selection_mistake(*suite, options.run)) return complain(*mistake, ExitCode::usage);
  const auto result = run_against_target(*suite, options);
  if (!print_report(result, options)) {
    return complain(fmt::format("cannot write the report: {}", std::strerror(errno)), ExitCode::inconclusive);
  }
  return static_cast<int>(exit_code(result));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto wanted = read_options(argc, argv);
    if (const auto* information = std::get_if<Information>(&wanted)) {
      fmt::print("{}", information->text);
      return 0;
    }
    if (const auto* error = std::get_if<UsageError>(&wanted)) return complain(error->text, ExitCode::usage);
    const auto& options = std::get<Options>(wanted);
    return options.detect ? detect(options) : test(options);
  } catch (const std::exception& bug) {
    return complain(fmt::format("internal error: {}", bug.what()), ExitCode::inconclusive);
  }
}
