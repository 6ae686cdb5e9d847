#include "loadgen/report/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>

#include "loadgen/report/comparison_report.hpp"
#include "loadgen/report/page.hpp"
#include "loadgen/report/report.hpp"
#include "loadgen/report/sweep_report.hpp"

namespace chatlab::loadgen {
namespace {

std::optional<std::string> write_file(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (file) return std::nullopt;
  return fmt::format("cannot write {}: {}; does its folder exist?", path, std::strerror(errno));
}

/// An extension, and how its content is made.
struct Part {
  const char* extension;
  std::function<std::string()> content;
};

std::optional<std::string> write_parts(const std::string& out, const std::vector<Part>& parts) {
  if (out.empty()) return std::nullopt;
  for (const auto& part : parts) {
    if (out.ends_with(part.extension)) return write_file(out, part.content());
  }
  for (const auto& part : parts) {
    if (auto failed = write_file(out + part.extension, part.content())) return failed;
  }
  return std::nullopt;
}

template <class Report>
std::string report_of(Format format, const Report& report, bool colour) {
  switch (format) {
    case Format::json:
      return json_report(report);
    case Format::csv:
      return csv_report(report);
    case Format::text:
      break;
  }
  return text_report(report, colour);
}

template <class Report>
std::vector<Part> common_parts(const Report& report) {
  return {{".html", [&] { return html_of(page_of(report)); }},
          {".json", [&] { return json_report(report); }},
          {".csv", [&] { return csv_report(report); }}};
}

template <class Report>
std::optional<std::string> write_picture(const Options& options, const Report& report) {
  if (options.svg.empty()) return std::nullopt;
  return write_file(options.svg, svg_of(main_plot(report), true));
}

std::optional<std::string> write_series(const Options& options,
                                        const std::vector<std::pair<std::string, const Result*>>& runs) {
  if (options.series.empty()) return std::nullopt;
  return write_file(options.series, series_report(runs));
}

}  // namespace

std::string report_as(Format format, const Result& result, bool colour) {
  return report_of(format, result, colour);
}
std::string report_as(Format format, const Comparison& comparison, bool colour) {
  return report_of(format, comparison, colour);
}
std::string report_as(Format format, const Sweep& sweep, bool colour) {
  return report_of(format, sweep, colour);
}

std::optional<std::string> write_files(const Options& options, const Result& result) {
  auto parts = common_parts(result);
  parts.push_back({".hgrm", [&] { return percentile_distribution(result.figures.completion); }});
  parts.push_back(
      {".hlog", [&] { return histogram_log(by_second(result.figures.intervals), result.started_s); }});
  if (auto failed = write_parts(options.out, parts)) return failed;
  if (auto failed = write_picture(options, result)) return failed;
  if (options.series.empty()) return std::nullopt;
  return write_file(options.series, series_report(result));
}

std::optional<std::string> write_files(const Options& options, const Comparison& comparison) {
  if (auto failed = write_parts(options.out, common_parts(comparison))) return failed;
  if (auto failed = write_picture(options, comparison)) return failed;
  std::vector<std::pair<std::string, const Result*>> runs;
  for (const auto& contender : comparison.contenders) {
    for (std::size_t i = 0; i < contender.results.size(); ++i)
      runs.emplace_back(fmt::format("{}, round {}", contender.name, i + 1), &contender.results[i]);
  }
  return write_series(options, runs);
}

std::optional<std::string> write_files(const Options& options, const Sweep& sweep) {
  if (auto failed = write_parts(options.out, common_parts(sweep))) return failed;
  if (auto failed = write_picture(options, sweep)) return failed;
  std::vector<std::pair<std::string, const Result*>> runs;
  for (const auto& climb : sweep.climbs) {
    for (std::size_t i = 0; i < climb.windows.size(); ++i)
      runs.emplace_back(
          fmt::format("{}, {}", climb.name, load_in_words(sweep.axis, climb.windows[i].step.load)),
          &climb.windows[i].result);
  }
  return write_series(options, runs);
}

}  // namespace chatlab::loadgen
