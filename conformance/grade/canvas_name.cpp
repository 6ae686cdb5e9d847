#include "conformance/grade/canvas_name.hpp"

#include <algorithm>

namespace chatlab::grade {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

/// Takes what stands before the next underscore; empty where there is none.
std::string_view take_part(std::string_view& rest) {
  const auto end = rest.find('_');
  if (end == std::string_view::npos) return {};
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return part;
}

}  // namespace

std::optional<CanvasName> parse_canvas_name(std::string_view file_name) {
  CanvasName name;
  name.student = take_part(file_name);
  auto number = take_part(file_name);
  if (number == "LATE") {
    name.late = true;
    number = take_part(file_name);
  }
  const auto submission = take_part(file_name);
  name.user_id = number;
  name.file = file_name;
  if (name.student.empty() || !is_number(number) || !is_number(submission) || name.file.empty()) {
    return std::nullopt;
  }
  return name;
}

}  // namespace chatlab::grade
