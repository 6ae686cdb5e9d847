// The class at a glance: how the scores are spread, which checks most fail, who fails alike. Pure.
#pragma once

#include <string>
#include <vector>

#include "conformance/grade/grade.hpp"

namespace chatlab::grade {

/// A check of the suite, and how the class did in it.
struct CheckFigures {
  std::string id, area, title, level;
  double points = 0;
  std::size_t passed = 0;
  std::size_t failed = 0;   ///< by the server's own fault
  std::size_t blocked = 0;  ///< or could not be shown
};

/// Submissions between which the checks see no difference.
struct Alike {
  std::string what;                  ///< their fingerprint
  std::string example;               ///< the first failure of the first of them, in words
  std::vector<std::size_t> members;  ///< indices of grades
};

struct Bar {
  double from = 0;  ///< points
  double to = 0;    ///< points; the last bar holds its end too
  std::size_t count = 0;
};

struct ClassFigures {
  std::vector<CheckFigures> checks;  ///< in the suite's order
  std::vector<Alike> groups;         ///< of two and more, the largest first
  std::vector<Bar> bars;
  std::size_t handed_in = 0;
  std::size_t full_marks = 0;
  std::size_t need_a_look = 0;
  double possible = 0;
  double mean = 0;  ///< of those who handed something in
  double median = 0;
};

/// A reason in a line: its first one, and the last one where a program's output follows, which is what a
/// traceback comes to.
std::string brief(const std::string& reason);

ClassFigures figures_of(const std::vector<Grade>& grades);

}  // namespace chatlab::grade
