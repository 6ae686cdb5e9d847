#include "loadgen/program.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>

#include "loadgen/compare.hpp"
#include "loadgen/inner_server.hpp"
#include "loadgen/interrupt.hpp"
#include "loadgen/metrics.hpp"
#include "loadgen/progress_teller.hpp"
#include "loadgen/report/comparison_report.hpp"
#include "loadgen/report/files.hpp"
#include "loadgen/report/merge.hpp"
#include "loadgen/report/report.hpp"
#include "loadgen/sweep.hpp"

namespace chatlab::loadgen {
namespace {

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
  auto merged = merge_files(options.merge);
  if (merged.has_error()) return complain(merged.error().text, ExitCode::usage);
  for (const auto& slo : options.slos) merged->slos.push_back(hold_against(slo, merged->figures));
  return report(*merged, options, exit_code(*merged));
}

/// What a rank has to say, as text: a report, or why there is none.
std::string told(const std::variant<Result, Refusal>& outcome) {
  if (const auto* result = std::get_if<Result>(&outcome)) return json_report(*result);
  const auto& refusal = std::get<Refusal>(outcome);
  return fmt::format("{}{}", static_cast<char>(refusal.code), refusal.text);
}

/// A rank's own report, beside that of all.
std::string path_of_rank(const std::string& out, std::string_view rank) {
  constexpr std::string_view json = ".json";
  const auto prefix = out.ends_with(json) ? out.substr(0, out.size() - json.size()) : out;
  return fmt::format("{}.rank-{}.json", prefix, rank);
}

/// Whole, or not at all.
std::optional<std::string> keep(const std::string& path, const std::string& report) {
  const auto part = path + ".part";
  std::ofstream file(part, std::ios::binary);
  file << report;
  file.close();
  if (file && std::rename(part.c_str(), path.c_str()) == 0) return std::nullopt;
  std::remove(part.c_str());
  return fmt::format("cannot write {}; does its folder exist?", path);
}

std::string path_alone(const Options& options, const std::string& rank) {
  return path_of_rank(options.out.empty() ? "chatlab-loadgen" : options.out, rank);
}

/// Another rank may be lost, and MPI may end this one at once. Each keeps what it has, on its own host; the
/// first one says so.
void keep_alone(const Options& options, const Ensemble& ensemble, const Result& result) {
  const auto path = path_alone(options, std::to_string(ensemble.rank()));
  if (const auto failed = keep(path, json_report(result))) {
    complain(*failed, ExitCode::usage);
  } else if (ensemble.rank() == 0) {
    complain(fmt::format(
                 "this rank {}. Each that is left keeps what it measured until then in {}, on its host; "
                 "chatlab-loadgen merge adds them up{}",
                 ensemble.broken().value_or("was told to end: another one died, or mpirun was interrupted"),
                 path_alone(options, "N"),
                 ensemble.broken() ? "" : ". Where all are left, one report follows instead"),
             ExitCode::invalid);
  }
}

/// Rank 0 reports for all.
int measure_together(const Options& options, Ensemble& ensemble) {
  const Interrupt interrupt;
  ensemble.heed(interrupt.descriptor());
  const bool speaks = ensemble.rank() == 0;
  bool is_kept = false;
  ProgressTeller teller(options.quiet || !speaks, true);
  const Listener listener{[&](const std::string& line) { teller.say(line); },
                          [&](const Progress& progress) { teller.tell(progress); }, interrupt.descriptor(),
                          [&](const Result& result) {
                            teller.finish();
                            if (!std::exchange(is_kept, true)) keep_alone(options, ensemble, result);
                          }};
  const auto outcome = measure(options, listener, {}, ensemble);
  teller.finish();
  if (is_kept && !ensemble.broken()) {  // they are all there: there will be one report
    is_kept = false;
    std::remove(path_alone(options, std::to_string(ensemble.rank())).c_str());
  }
  const auto reports = ensemble.gather(told(outcome));
  if (const auto why = ensemble.broken()) {
    const auto* result = std::get_if<Result>(&outcome);
    if (!is_kept && result && !result->unreachable) {
      keep_alone(options, ensemble, *result);
    } else if (!is_kept && speaks) {
      complain(fmt::format("this rank {}; nothing was measured yet", *why), ExitCode::invalid);
    }
    return static_cast<int>(ExitCode::invalid);
  }
  if (!speaks) return 0;
  std::vector<NamedReport> named;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (!reports[rank].starts_with('{'))
      return complain(reports[rank].substr(1), static_cast<ExitCode>(reports[rank][0]));
    named.push_back({fmt::format("rank {}", rank), reports[rank]});
  }
  for (std::size_t rank = 0; !options.out.empty() && rank < reports.size(); ++rank) {
    const auto path = path_of_rank(options.out, std::to_string(rank));
    if (const auto failed = keep(path, reports[rank])) return complain(*failed, ExitCode::usage);
  }
  auto merged = merge_reports(named);
  if (merged.has_error()) return complain(merged.error().text, ExitCode::invalid);
  for (const auto& slo : options.slos) merged->slos.push_back(hold_against(slo, merged->figures));
  return report(*merged, options, exit_code(*merged));
}

int run(const Options& options, Ensemble& ensemble) {
  if (ensemble.size() > 1) {
    if (options.command == Command::run && !options.prometheus_port)
      return measure_together(options, ensemble);
    if (ensemble.rank() > 0) return 0;
    return complain(
        "under mpirun it measures one server once: merge, compare, sweep and --prometheus-port are for "
        "one process",
        ExitCode::usage);
  }
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

int run_program(int argc, const char* const* argv, Ensemble& ensemble) {
  const bool speaks = ensemble.rank() == 0;
  try {
    const auto wanted = read_options(argc, argv);
    if (const auto* information = std::get_if<Information>(&wanted)) {
      if (speaks) fmt::print("{}", information->text);
      return 0;
    }
    if (const auto* error = std::get_if<UsageError>(&wanted)) {
      return speaks ? complain(error->text, ExitCode::usage) : 0;
    }
    return run(std::get<Options>(wanted), ensemble);
  } catch (const std::exception& bug) {
    return complain(fmt::format("internal error: {}", bug.what()), ExitCode::invalid);
  }
}

}  // namespace chatlab::loadgen
