#include "conformance/grade/scratch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;

fs::path temporary_folder() {
  const char* named = std::getenv("TMPDIR");
  return named && *named ? named : "/tmp";
}

/// A submission can have folders that nobody may enter; their owner can change that.
void open_up(const fs::path& folder) {
  std::error_code failed;
  fs::permissions(folder, fs::perms::owner_all, fs::perm_options::add | fs::perm_options::nofollow, failed);
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    std::error_code unknown;
    if (entry->is_directory(unknown) && !entry->is_symlink(unknown)) open_up(entry->path());
  }
}

}  // namespace

boost::system::result<std::unique_ptr<Scratch>, Trouble> Scratch::make(fs::path parent) {
  if (parent.empty()) parent = temporary_folder();
  std::string name = (parent / "chatlab-XXXXXX").string();
  if (!::mkdtemp(name.data())) {
    return Trouble{fmt::format("cannot make a folder in {}: {}; TMPDIR names another place", parent.string(),
                               std::strerror(errno))};
  }
  return std::unique_ptr<Scratch>(new Scratch(name));
}

Scratch::~Scratch() {
  remove_folder(path_);
}

void remove_folder(const fs::path& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  if (!failed) return;
  open_up(folder);
  fs::remove_all(folder, failed);  // what is left, $TMPDIR's owner clears away
}

}  // namespace chatlab::grade
