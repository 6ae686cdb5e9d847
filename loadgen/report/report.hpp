// The ways in which a result is told. Each takes a finished result and returns text: nothing is judged here
// and nothing is printed.
#pragma once

#include <string>

#include "loadgen/conductor.hpp"
#include "loadgen/options.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

/// For people: the verdict first, then the table of times, then what else was seen.
std::string text_report(const Result& result, bool colour);

/// For programs: loadgen/report/report.schema.json says what is in it.
std::string json_report(const Result& result);

/// For spreadsheets: a line for each second of the measurement.
std::string csv_report(const Result& result);

/// The same, finer, with what was under way: a line for each step of the series.
std::string series_report(const Result& result);

/// The same for several runs, with a first column that names each.
std::string series_report(const std::vector<std::pair<std::string, const Result*>>& runs);

/// A field as spreadsheets read it.
std::string csv_field(const std::string& text);

/// The load in one line: clients, senders, rate, size. `varied`: what a sweep changes is left out.
std::string load_in_words(const Settings& settings, std::optional<Axis> varied = {});

/// What times between the hosts of several ranks are worth; empty where that is no question.
std::string clocks_in_words(const Result& result);

/// What goes on, in one line without its end.
std::string progress_line(const Progress& progress);

}  // namespace chatlab::loadgen
