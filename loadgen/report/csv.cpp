#include <fmt/format.h>

#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {

std::string csv_report(const Result& result) {
  std::string text = "second,length_s,deliveries,p50_us,p90_us,p99_us,max_us\n";
  for (const auto& interval : result.figures.intervals) {
    Histogram times;
    interval.add_to(times);
    const auto time = [](std::optional<Microseconds> value) {
      return value ? std::to_string(value->count()) : "";
    };
    fmt::format_to(std::back_inserter(text), "{:.0f},{:.3f},{},{},{},{},{}\n", in_seconds(interval.begin),
                   in_seconds(interval.length), times.in_range(), time(times.percentile(50)),
                   time(times.percentile(90)), time(times.percentile(99)), time(times.max()));
  }
  return text;
}

}  // namespace chatlab::loadgen
