#include "loadgen/report/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {

std::string report_as(Format format, const Result& result, bool colour) {
  switch (format) {
    case Format::json:
      return json_report(result);
    case Format::csv:
      return csv_report(result);
    case Format::text:
      break;
  }
  return text_report(result, colour);
}

std::optional<std::string> write_files(const std::string& prefix, const Result& result) {
  const auto write = [&](const char* extension, const std::string& content) -> std::optional<std::string> {
    const auto path = prefix + extension;
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (file) return std::nullopt;
    return fmt::format("cannot write {}: {}; does its folder exist?", path, std::strerror(errno));
  };
  if (auto failed = write(".json", json_report(result))) return failed;
  if (auto failed = write(".csv", csv_report(result))) return failed;
  if (auto failed = write(".hgrm", percentile_distribution(result.figures.completion))) return failed;
  return write(".hlog", histogram_log(result.figures.intervals, result.started_s));
}

}  // namespace chatlab::loadgen
