#include "conformance/grade/server_folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <iterator>
#include <optional>
#include <system_error>
#include <tuple>

#include "conformance/legible.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 12;                // folders; a lab in its folder in an archive in a folder is at 4
constexpr std::size_t named = 8;           // files in a complaint
constexpr std::size_t most_seen = 20'000;  // files and folders looked at

bool holds_packages(const fs::path& folder) {
  const auto name = folder.filename().string();
  for (const char* known :
       {"node_modules", "site-packages", "__pycache__", "venv", ".venv", "env", "__MACOSX"}) {
    if (name == known) return true;
  }
  return name.starts_with(".git");
}

struct Found {
  std::vector<fs::path> folders;   // with the entry file
  std::vector<fs::path> misspelt;  // the entry in other upper and lower case
  std::vector<fs::path> files;     // all others
};

bool is_plain_file(const fs::path& path) {
  std::error_code failed;
  return fs::is_regular_file(fs::symlink_status(path, failed));
}

Found search(const fs::path& submission, const fs::path& entry) {
  Found found;
  std::error_code failed;
  const auto note = [&](const fs::path& folder) {
    if (is_plain_file(submission / folder / entry)) found.folders.push_back(folder);
  };
  note(".");
  std::size_t seen = 0;
  fs::recursive_directory_iterator at(submission, fs::directory_options::skip_permission_denied, failed);
  for (; !failed && at != fs::recursive_directory_iterator() && ++seen <= most_seen; at.increment(failed)) {
    const auto path = at->path().lexically_relative(submission);
    if (at->is_symlink(failed)) continue;
    if (at->is_directory(failed)) {
      if (holds_packages(path) || at.depth() >= deepest) {
        at.disable_recursion_pending();
      } else {
        note(path);
      }
    } else if (boost::algorithm::iequals(path.filename().string(), entry.filename().string())) {
      found.misspelt.push_back(path);
    } else {
      found.files.push_back(path);
    }
  }
  return found;
}

Trouble nothing_found(Found& found, const fs::path& entry) {
  const auto in_words = [](std::vector<fs::path>& paths) {
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> names;
    for (const auto& path : paths) {
      if (names.size() == named) {
        names.push_back(fmt::format("and {} more", paths.size() - named));
        break;
      }
      names.push_back(fmt::format("'{}'", conformance::printable(path.string())));
    }
    return fmt::format("{}", fmt::join(names, ", "));
  };
  if (!found.misspelt.empty()) {
    return {
        fmt::format("there is no file '{}' in the submission, but {}; upper and lower case and the folders "
                    "before it count",
                    entry.string(), in_words(found.misspelt))};
  }
  if (found.files.empty()) return {"the submission has no files"};
  return {fmt::format("there is no file '{}' in the submission; it has {}", entry.string(),
                      in_words(found.files))};
}

}  // namespace

boost::system::result<ServerFolder, Trouble> find_server_folder(const fs::path& submission,
                                                                const fs::path& entry) {
  auto found = search(submission, entry);
  if (found.folders.empty()) return nothing_found(found, entry);
  const auto rank = [](const fs::path& folder) {
    const auto depth = folder == "." ? 0 : std::distance(folder.begin(), folder.end());
    return std::make_tuple(depth, folder.filename() != "server", folder.string());
  };
  std::sort(found.folders.begin(), found.folders.end(),
            [&](const fs::path& left, const fs::path& right) { return rank(left) < rank(right); });
  ServerFolder chosen{found.folders.front()};
  for (std::size_t i = 1; i < found.folders.size(); ++i) {
    chosen.others.push_back(conformance::printable(found.folders[i].string()));
  }
  return chosen;
}

}  // namespace chatlab::grade
