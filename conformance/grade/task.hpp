// One submission that is to be graded, and all of them in the order in which they will stand in the tables.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "conformance/grade/handed_in.hpp"
#include "conformance/grade/roster.hpp"

namespace chatlab::grade {

struct Task {
  std::string id;
  std::string name;
  std::string url;                    ///< or
  std::vector<HandedIn::File> files;  ///< neither: nothing was handed in
  std::string source;                 ///< for people: the URL, or what was handed in, without where that lies
  bool late = false;
  std::vector<std::string> extras;  ///< the roster's further cells
};

/// The roster's students, each with what they handed in (matched by id), then the submissions of those who
/// are not in the roster; sorted by id. `folder`: the roster's, for its relative paths.
std::vector<Task> plan_tasks(const Roster& roster, const std::vector<HandedIn>& handed_in,
                             const std::filesystem::path& folder);

/// Something that changes with everything that was handed in: paths below it, and contents.
std::string digest_of(const Task& task);

/// Digest of a text, in hexadecimal.
std::string digest_of(const std::string& text);

}  // namespace chatlab::grade
