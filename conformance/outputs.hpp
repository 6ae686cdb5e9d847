// Which reports go where: --format and --out, as they stand on the command line. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>
#include <vector>

#include "conformance/report/report.hpp"

namespace chatlab::conformance {

struct Output {
  Format format = Format::text;
  std::string file;  ///< empty: standard output

  bool operator==(const Output&) const = default;
};

/// What is wrong with the combination, in words.
struct OutputMistake {
  std::string text;
};

/// `given`: the options "format" and "out" with their values, in order. A --format belongs to the --out that
/// follows; without one, a file's name says what it is. A --format without a file is for standard output,
/// which gets the text where nothing else goes there.
boost::system::result<std::vector<Output>, OutputMistake> read_outputs(
    const std::vector<std::pair<std::string, std::string>>& given);

}  // namespace chatlab::conformance
