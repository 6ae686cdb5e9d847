// The names that Canvas gives to the files of "Download Submissions": lastfirst_12345_67890_lab08.zip, with
// LATE behind the name where the submission was late. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatlab::grade {

struct CanvasName {
  std::string student;  ///< "lastfirst": all that Canvas says of the name
  std::string user_id;  ///< the column "ID" of the gradebook
  bool late = false;
  std::string file;  ///< "lab08.zip": what the student called it
};

std::optional<CanvasName> parse_canvas_name(std::string_view file_name);

}  // namespace chatlab::grade
