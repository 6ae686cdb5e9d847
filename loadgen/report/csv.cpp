#include <fmt/format.h>

#include <algorithm>

#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {

std::string csv_report(const Result& result) {
  std::string text = "second,length_s,deliveries,p50_us,p90_us,p99_us,max_us\n";
  for (const auto& interval : by_second(result.figures.intervals)) {
    Histogram times;
    interval.add_to(times);
    const auto time = [](std::optional<Microseconds> value) {
      value = Histogram::told(value);
      return value ? std::to_string(value->count()) : "";
    };
    text +=
        fmt::format("{:.0f},{:.3f},{},{},{},{},{}\n", in_seconds(interval.begin), in_seconds(interval.length),
                    times.under_range() + times.in_range(), time(times.percentile(50)),
                    time(times.percentile(90)), time(times.percentile(99)), time(times.max()));
  }
  return text;
}

namespace {

/// The times of each step stand beside what was under way when it began.
void add_series(std::string& text, const std::string& label, const Result& result) {
  const auto step = result.settings.series_step();
  const auto& intervals = result.figures.intervals;
  for (const auto& one : result.progressions) {
    Histogram times;
    for (const auto& interval : intervals) {
      if (interval.begin / step == one.at / step) interval.add_to(times);
    }
    const auto time = [&](double percent) {
      const auto value = Histogram::told(times.percentile(percent));
      return value ? std::to_string(value->count()) : "";
    };
    text += fmt::format("{}{:.3f},{},{},{},{},{},{},{}\n", label, in_seconds(one.at), one.sent, one.delivered,
                        one.backlog, time(50), time(90), time(99), time(100));
  }
}

constexpr auto series_heading = "at_s,sent,delivered,backlog,p50_us,p90_us,p99_us,max_us\n";

}  // namespace

std::string series_report(const Result& result) {
  std::string text = series_heading;
  add_series(text, "", result);
  return text;
}

std::string series_report(const std::vector<std::pair<std::string, const Result*>>& runs) {
  std::string text = std::string("run,") + series_heading;
  for (const auto& [name, result] : runs) add_series(text, csv_field(name) + ",", *result);
  return text;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return quoted + '"';
}

}  // namespace chatlab::loadgen
