#include "conformance/suite_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include "ci/cmake/embedded_file.hpp"

namespace chatlab::conformance {

std::span<const EmbeddedFile> embedded_files();  // generated: conformance/suites

boost::system::result<Suite, SuiteError> load_suite(const std::string& file) {
  if (file.empty()) {
    const auto& embedded = embedded_files().front();
    return parse_suite(std::string(embedded.content), std::string(embedded.name));
  }
  std::error_code unknown;  // reading will tell
  if (std::filesystem::is_directory(file, unknown)) {
    return SuiteError{fmt::format("cannot read the suite file '{}': it is a folder", file)};
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream) {
    return SuiteError{fmt::format("cannot read the suite file '{}': {}", file, std::strerror(errno))};
  }
  return parse_suite(text, file);
}

}  // namespace chatlab::conformance
