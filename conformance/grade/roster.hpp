// The class: who is to be graded, and where each one's server is. Pure. What is wrong with a line is a
// complaint about that line, and the others stand.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/grade/csv.hpp"

namespace chatlab::grade {

struct Student {
  std::string id;
  std::string name;
  std::string url;                  ///< as client::parse_url reads it; or
  std::string folder;               ///< a folder or an archive, relative to the roster; or neither
  std::vector<std::string> extras;  ///< the cells of Roster::extra_columns
  std::size_t line = 0;
};

struct Roster {
  std::vector<Student> students;
  std::vector<std::string> extra_columns;
  std::vector<Complaint> complaints;
  bool byte_order_mark = false;
};

/// The columns `id`, `name`, and `url` or `dir` in any order, further ones kept. `needs_place`: every student
/// must have a URL or a folder. A file that cannot be read at all is a roster with one complaint.
Roster read_roster(std::string_view file, bool needs_place);

}  // namespace chatlab::grade
