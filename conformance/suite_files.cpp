#include "conformance/suite_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>

#include "ci/cmake/embedded_file.hpp"

namespace chatlab::conformance {

std::span<const EmbeddedFile> embedded_files();  // generated: suites/*.yaml, and what else is embedded

namespace {

constexpr std::string_view ending = ".yaml";

/// Empty for a file that is no suite.
std::string suite_of(const EmbeddedFile& file) {
  if (!file.name.ends_with(ending)) return "";
  return std::string(file.name.substr(0, file.name.size() - ending.size()));
}

boost::system::result<Suite, SuiteError> load_built_in(const std::string& name) {
  for (const auto& file : embedded_files()) {
    if (!name.empty() && suite_of(file) == name) {
      return parse_suite(std::string(file.content), std::string(file.name), load_built_in);
    }
  }
  return SuiteError{
      fmt::format("there is no built-in suite '{}'; there are {}", name, fmt::join(built_in_suites(), ", "))};
}

}  // namespace

std::vector<std::string> built_in_suites() {
  std::vector<std::string> names;
  for (const auto& file : embedded_files()) {
    if (auto name = suite_of(file); !name.empty()) names.push_back(std::move(name));
  }
  return names;
}

std::vector<Suite> load_editions() {
  auto names = built_in_suites();
  std::vector<Suite> suites;
  for (auto name = names.rbegin(); name != names.rend(); ++name) suites.push_back(*load_built_in(*name));
  return suites;
}

boost::system::result<Suite, SuiteError> load_suite(const std::string& name) {
  const auto names = built_in_suites();
  if (name.empty()) return load_built_in(names.front());
  if (std::find(names.begin(), names.end(), name) != names.end()) return load_built_in(name);
  std::error_code unknown;  // reading will tell
  if (std::filesystem::is_directory(name, unknown)) {
    return SuiteError{fmt::format("cannot read the suite file '{}': it is a folder", name)};
  }
  std::ifstream stream(name, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream) {
    return SuiteError{fmt::format("cannot read the suite file '{}': {}; the built-in suites are {}", name,
                                  std::strerror(errno), fmt::join(names, ", "))};
  }
  return parse_suite(text, name, load_built_in);
}

}  // namespace chatlab::conformance
