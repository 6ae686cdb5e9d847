// A result in the format asked for, and as files beside each other. The one place that writes files.
#pragma once

#include <optional>
#include <string>

#include "loadgen/climb.hpp"
#include "loadgen/comparison.hpp"
#include "loadgen/options.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

// A report as text for standard output.
std::string report_as(Format format, const Result& result, bool colour);
std::string report_as(Format format, const Comparison& comparison, bool colour);
std::string report_as(Format format, const Sweep& sweep, bool colour);

// What --out, --svg and --series ask for. --out FILE.html, FILE.json or FILE.csv is one file; --out PREFIX is
// PREFIX.html, .json, .csv, and of a run also .hgrm (completion) and .hlog (delivery, by the second). Each
// returns what went wrong.
std::optional<std::string> write_files(const Options& options, const Result& result);
std::optional<std::string> write_files(const Options& options, const Comparison& comparison);
std::optional<std::string> write_files(const Options& options, const Sweep& sweep);

}  // namespace chatlab::loadgen
