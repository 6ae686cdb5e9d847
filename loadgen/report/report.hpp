// The ways in which a result is told. Each takes a finished result and returns text: nothing is judged here
// and nothing is printed.
#pragma once

#include <string>

#include "loadgen/conductor.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

/// For people: the verdict first, then the table of times, then what else was seen.
std::string text_report(const Result& result, bool colour);

/// For programs: loadgen/report/report.schema.json says what is in it.
std::string json_report(const Result& result);

/// For spreadsheets: a line for each second of the measurement.
std::string csv_report(const Result& result);

/// What goes on, in one line without its end.
std::string progress_line(const Progress& progress);

}  // namespace chatlab::loadgen
