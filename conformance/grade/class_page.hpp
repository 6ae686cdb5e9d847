// The class at a glance, as one HTML file that needs nothing else: the spread of the scores, the checks that
// most fail, who fails alike, and a matrix of students and checks. Pure, and without times.
#pragma once

#include <string>
#include <vector>

#include "conformance/grade/grade.hpp"

namespace chatlab::grade {

/// `title`: the suite's. `complaints`: what was wrong with the roster, a line each.
std::string class_page(const std::vector<Grade>& grades, const std::string& title,
                       const std::vector<std::string>& complaints);

/// The page of a student for whom there is no report of a judge.
std::string student_page(const Grade& grade, const std::string& title);

}  // namespace chatlab::grade
