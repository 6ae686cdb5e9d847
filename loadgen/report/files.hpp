// A result in the format asked for, and as files beside each other. The one place that writes files.
#pragma once

#include <optional>
#include <string>

#include "loadgen/options.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

std::string report_as(Format format, const Result& result, bool colour);

/// PREFIX.json, PREFIX.csv, PREFIX.hgrm (completion) and PREFIX.hlog (delivery, by the second). Returns what
/// went wrong.
std::optional<std::string> write_files(const std::string& prefix, const Result& result);

}  // namespace chatlab::loadgen
