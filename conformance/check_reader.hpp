// One check as a suite file tells it. What is wrong there is thrown as a YamlMistake, which names file and
// line.
#pragma once

#include <vector>

#include "conformance/suite.hpp"
#include "conformance/yaml_reader.hpp"

namespace chatlab::conformance {

/// Without its line, and with no diagnoses but its own.
Check read_check(const YamlReader& node);

/// Those of a check, or those of the whole suite; none where nothing is said.
std::vector<Diagnosis> read_diagnoses(const YamlReader& node);

Level read_level(const YamlReader& node);

}  // namespace chatlab::conformance
