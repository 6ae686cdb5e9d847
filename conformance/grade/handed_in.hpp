// What a class has handed in, as a folder or as Canvas' "Download Submissions" archive of it: which files
// belong to whom. It reads folders; it unpacks Canvas' archive, but no student's.
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

struct HandedIn {
  std::string id;    ///< Canvas' number of the student, or the name of the folder or file
  std::string name;  ///< as far as the files tell it
  bool late = false;
  struct File {
    std::filesystem::path path;
    std::string name;  ///< what the student called it
  };
  std::vector<File> files;  ///< one folder or file; several where Canvas has them side by side
};

/// Sorted by id. `scratch`: where Canvas' archive is unpacked; it must outlive what is done with the files.
boost::system::result<std::vector<HandedIn>, Trouble> read_handed_in(const std::filesystem::path& place,
                                                                     const std::filesystem::path& scratch);

}  // namespace chatlab::grade
