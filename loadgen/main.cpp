// chatlab-loadgen: options -> run, comparison or sweep -> report.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "loadgen/compare.hpp"
#include "loadgen/inner_server.hpp"
#include "loadgen/interrupt.hpp"
#include "loadgen/metrics.hpp"
#include "loadgen/progress_teller.hpp"
#include "loadgen/report/comparison_report.hpp"
#include "loadgen/report/files.hpp"
#include "loadgen/report/merge.hpp"
#include "loadgen/sweep.hpp"

namespace {

using namespace chatlab::loadgen;

int complain(const std::string& text, ExitCode code) {
  fmt::print(stderr, "chatlab-loadgen: {}\n", text);
  return static_cast<int>(code);
}

template <class Report>
int report(const Report& report, const Options& options, ExitCode code) {
  const bool colour = ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  fmt::print("{}", report_as(options.format, report, colour));
  std::fflush(stdout);
  if (const auto failed = write_files(options, report)) return complain(*failed, ExitCode::usage);
  return static_cast<int>(code);
}

/// Who is told what goes on, while `work` is done.
template <class Work>
int while_listening(const Options& options, Work work) {
  std::unique_ptr<MetricsServer> metrics;
  if (options.prometheus_port) {
    auto started = MetricsServer::start(*options.prometheus_port);
    if (started.has_error()) return complain(started.error().text, ExitCode::usage);
    metrics = std::move(*started);
    fmt::print(stderr, "metrics at http://127.0.0.1:{}/metrics\n", metrics->port());
  }
  const Interrupt interrupt;
  ProgressTeller teller(options.quiet, options.command == Command::run);
  const Listener listener{[&](const std::string& line) { teller.say(line); },
                          [&](const Progress& progress) {
                            teller.tell(progress);
                            if (metrics) metrics->publish(metrics_text(progress));
                          },
                          interrupt.descriptor()};
  const auto outcome = work(listener);
  teller.finish();
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return complain(refusal->text, refusal->code);
  const auto& found = std::get<0>(outcome);
  if constexpr (std::is_same_v<std::decay_t<decltype(found)>, Comparison>)
    return report(found, options, exit_code(found, options.fail_if_slower));
  else
    return report(found, options, exit_code(found));
}

int compare_and_report(const Options& options) {
  std::optional<Baseline> baseline;
  if (!options.baseline.empty()) {
    auto read = read_baseline(options.baseline, options.targets.front().name, options.run);
    if (read.has_error()) return complain(read.error().text, ExitCode::usage);
    baseline = std::move(*read);
  }
  return while_listening(
      options, [&](const Listener& listener) { return compare(options, listener, std::move(baseline)); });
}

int merge_and_report(const Options& options) {
  auto merged = merge_reports(options.merge);
  if (merged.has_error()) return complain(merged.error().text, ExitCode::usage);
  for (const auto& slo : options.slos) merged->slos.push_back(hold_against(slo, merged->figures));
  return report(*merged, options, exit_code(*merged));
}

int run(const Options& options) {
  switch (options.command) {
    case Command::merge:
      return merge_and_report(options);
    case Command::compare:
      return compare_and_report(options);
    case Command::sweep:
      return while_listening(options, [&](const Listener& listener) { return sweep(options, listener); });
    case Command::run:
      break;
  }
  return while_listening(options, [&](const Listener& listener) { return measure(options, listener); });
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
    return run(std::get<Options>(wanted));
  } catch (const std::exception& bug) {
    return complain(fmt::format("internal error: {}", bug.what()), ExitCode::invalid);
  }
}
