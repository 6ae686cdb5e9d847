// The ways in which a sweep is told. Nothing is judged here.
#pragma once

#include <string>

#include "loadgen/climb.hpp"

namespace chatlab::loadgen {

/// What was found of each server; the windows were told while they ran.
std::string text_report(const Sweep& sweep, bool colour);

/// For programs: loadgen/report/sweep.schema.json says what is in it.
std::string json_report(const Sweep& sweep);

/// A line for each window.
std::string csv_report(const Sweep& sweep);

}  // namespace chatlab::loadgen
