// Finds the folder in which a submission's server is to be started: the one that holds the entry file, at
// whatever depth the student has put it.
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

struct ServerFolder {
  std::filesystem::path path;         ///< relative to the submission; "." for itself
  std::vector<std::string> others{};  ///< further folders with such a file, which were not chosen
};

/// The folder F for which F/entry is a file. Of several, the one nearest to the top, then one called
/// "server", then the first by name. A failure says what is there instead. What packages bring along
/// (node_modules, a virtual environment) is not looked through.
boost::system::result<ServerFolder, Trouble> find_server_folder(const std::filesystem::path& submission,
                                                                const std::filesystem::path& entry);

}  // namespace chatlab::grade
