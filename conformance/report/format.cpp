#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

struct FormatName {
  Format format;
  std::string_view name;
};

constexpr std::array<FormatName, 9> formats = {{{Format::text, "text"},
                                                {Format::json, "json"},
                                                {Format::junit, "junit"},
                                                {Format::tap, "tap"},
                                                {Format::html, "html"},
                                                {Format::github, "github"},
                                                {Format::markdown, "markdown"},
                                                {Format::gradescope, "gradescope"},
                                                {Format::classroom, "classroom"}}};

constexpr std::array<FormatName, 7> endings = {{{Format::text, ".txt"},
                                                {Format::json, ".json"},
                                                {Format::junit, ".xml"},
                                                {Format::tap, ".tap"},
                                                {Format::html, ".html"},
                                                {Format::html, ".htm"},
                                                {Format::markdown, ".md"}}};

}  // namespace

std::string_view to_string(Format format) {
  return std::find_if(formats.begin(), formats.end(), [&](const auto& one) { return one.format == format; })
      ->name;
}

std::optional<Format> parse_format(std::string_view name) {
  const auto is = [&](const FormatName& one) { return one.name == name; };
  const auto found = std::find_if(formats.begin(), formats.end(), is);
  return found == formats.end() ? std::nullopt : std::optional(found->format);
}

std::string format_names() {
  std::string names;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    names += fmt::format("{}{}", i == 0 ? "" : i + 1 < formats.size() ? ", " : " or ", formats[i].name);
  }
  return names;
}

std::optional<Format> format_of_file(std::string_view file) {
  const auto is = [&](const FormatName& one) { return file.ends_with(one.name); };
  const auto found = std::find_if(endings.begin(), endings.end(), is);
  return found == endings.end() ? std::nullopt : std::optional(found->format);
}

std::string write_report(const RunResult& result, Format format, const Style& style) {
  switch (format) {
    case Format::text:
      break;
    case Format::json:
      return json_report(result, style.transcript);
    case Format::junit:
      return junit_report(result);
    case Format::tap:
      return tap_report(result);
    case Format::html:
      return html_report(result, style);
    case Format::github:
      return github_report(result);
    case Format::markdown:
      return markdown_report(result);
    case Format::gradescope:
      return gradescope_report(result);
    case Format::classroom:
      return classroom_report(result);
  }
  return text_report(result, style);
}

}  // namespace chatlab::conformance
