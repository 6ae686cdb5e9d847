// The part of the command line that is about a submission: what was handed in, and how its server is
// confined.
#pragma once

#include <optional>

#include "conformance/options.hpp"

namespace cxxopts {
class Options;
class ParseResult;
}  // namespace cxxopts

namespace chatlab::conformance {

void declare_submission(cxxopts::Options& options);

/// Fills in Options::submission and Options::confinement; what is wrong, in words.
std::optional<UsageError> read_submission(const cxxopts::ParseResult& given, Options& options);

}  // namespace chatlab::conformance
