// The class as tables: grades.csv for spreadsheets, results.jsonl for programs. Pure, and the same bytes for
// the same grades.
#pragma once

#include <string>
#include <vector>

#include "conformance/grade/grade.hpp"

namespace chatlab::grade {

struct TableStyle {
  std::vector<std::string> extra_columns;
  bool byte_order_mark = false;  ///< as the roster has it: Excel reads names right with it
};

/// id, name, score, of, a column for each area, result, first failure, late, then the roster's own columns.
std::string grades_csv(const std::vector<Grade>& grades, const TableStyle& style);

/// A line of JSON for each student: `id`, `name`, `source`, `late`, `outcome`, `score`, `possible`, `areas`,
/// `first_failure`, `needs_a_look`, `sandbox`, `checks` {id: status}.
std::string results_jsonl(const std::vector<Grade>& grades);

/// What is said of a result in one or two words: "full marks", "tested", "not started".
std::string result_text(const Grade& grade);

}  // namespace chatlab::grade
