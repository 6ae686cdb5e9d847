#include "conformance/grade/handed_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "conformance/grade/archive.hpp"
#include "conformance/grade/canvas_name.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;

/// A class of some hundred, with their node_modules handed in.
constexpr ArchiveLimits class_limits{std::uint64_t{16} << 30, 1'000'000, 40};

/// "ann.tar.gz" is ann's; "ann" is a folder's whole name.
std::string id_of(const fs::path& path) {
  auto name = path.filename();
  if (is_archive_name(name))
    name = name.extension() != ".zip" && name.stem().extension() == ".tar" ? name.stem().stem() : name.stem();
  return name.string();
}

}  // namespace

boost::system::result<std::vector<HandedIn>, Trouble> read_handed_in(const fs::path& place,
                                                                     const fs::path& scratch) {
  std::error_code failed;
  auto folder = place;
  if (fs::is_regular_file(place, failed)) {
    folder = scratch / "class";
    fs::create_directory(folder, failed);
    const auto unpacked = unpack(place, folder, class_limits);
    if (unpacked.has_error()) return unpacked.error();
  }
  // Some archives hold one folder, and the submissions in it.
  fs::directory_iterator only(folder, failed);
  if (folder != place && !failed && only != fs::directory_iterator()) {
    const auto first = *only;
    if (first.is_directory() && ++only == fs::directory_iterator() &&
        !parse_canvas_name(first.path().filename().string())) {
      folder = first.path();
    }
  }
  std::map<std::string, HandedIn> all;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    const auto file = entry->path().filename().string();
    if (file.starts_with('.') || entry->is_symlink(failed)) continue;
    const auto canvas = parse_canvas_name(file);
    const auto id = canvas ? canvas->user_id : id_of(entry->path());
    auto& one = all[id];
    one.id = id;
    one.name = canvas ? canvas->student : id;
    one.late |= canvas && canvas->late;
    one.files.push_back({entry->path(), canvas ? canvas->file : file});
  }
  if (failed) return Trouble{fmt::format("cannot read '{}': {}", place.string(), failed.message())};
  if (all.empty()) return Trouble{fmt::format("'{}' holds no submissions", place.string())};
  std::vector<HandedIn> sorted;
  for (auto& [id, one] : all) {
    std::sort(one.files.begin(), one.files.end(),
              [](const auto& left, const auto& right) { return left.path < right.path; });
    sorted.push_back(std::move(one));
  }
  return sorted;
}

}  // namespace chatlab::grade
