// Canvas' own gradebook export with one column filled in. Pure: text in, text out, and every byte outside the
// cells that get a score stays as it was.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/grade/csv.hpp"

namespace chatlab::grade {

struct Score {
  std::string id;
  std::string name;
  double points = 0;
};

struct FilledGradebook {
  std::string text;
  std::size_t filled = 0;
  std::vector<std::string> notes;  ///< who was not matched, on either side; points that differ
};

/// `assignment`: the column's name, with or without the number that Canvas adds: "Lab 8", "Lab 8 (1234)". A
/// score goes to the row whose ID is the score's id, else SIS User ID, else SIS Login ID, else the name.
/// `possible`: what a score can be at most.
boost::system::result<FilledGradebook, Complaint> fill_gradebook(std::string_view exported,
                                                                 std::string_view assignment,
                                                                 const std::vector<Score>& scores,
                                                                 double possible);

}  // namespace chatlab::grade
