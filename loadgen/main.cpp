// chatlab-loadgen: options -> measurement -> report.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "loadgen/inner_server.hpp"
#include "loadgen/interrupt.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/progress_teller.hpp"
#include "loadgen/report/files.hpp"
#include "loadgen/report/merge.hpp"

namespace {

using namespace chatlab::loadgen;

int complain(const std::string& text, ExitCode code) {
  fmt::print(stderr, "chatlab-loadgen: {}\n", text);
  return static_cast<int>(code);
}

int report(const Result& result, const Options& options) {
  const bool colour = ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  fmt::print("{}", report_as(options.format, result, colour));
  std::fflush(stdout);
  if (!options.out.empty()) {
    if (const auto failed = write_files(options.out, result)) return complain(*failed, ExitCode::usage);
  }
  return static_cast<int>(exit_code(result));
}

int measure_and_report(const Options& options) {
  const Interrupt interrupt;
  ProgressTeller teller(options.quiet);
  const Listener listener{[&](const std::string& line) { teller.say(line); },
                          [&](const Progress& progress) { teller.tell(progress); }, interrupt.descriptor()};
  const auto outcome = measure(options, listener);
  teller.finish();
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return complain(refusal->text, refusal->code);
  return report(std::get<Result>(outcome), options);
}

int merge_and_report(const Options& options) {
  auto merged = merge_reports(options.merge);
  if (merged.has_error()) return complain(merged.error().text, ExitCode::usage);
  for (const auto& slo : options.slos) merged->slos.push_back(hold_against(slo, merged->figures));
  return report(*merged, options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (const auto status = serve_as_asked(argc, argv)) return *status;
    const auto wanted = read_options(argc, argv);
    if (const auto* information = std::get_if<Information>(&wanted)) {
      fmt::print("{}", information->text);
      return 0;
    }
    if (const auto* error = std::get_if<UsageError>(&wanted)) return complain(error->text, ExitCode::usage);
    const auto& options = std::get<Options>(wanted);
    return options.merge.empty() ? measure_and_report(options) : merge_and_report(options);
  } catch (const std::exception& bug) {
    return complain(fmt::format("internal error: {}", bug.what()), ExitCode::invalid);
  }
}
