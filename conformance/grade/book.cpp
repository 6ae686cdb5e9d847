#include "conformance/grade/book.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "conformance/grade/file_name.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;
using Done = boost::system::result<void, Trouble>;

/// Only a folder that Scratch made, and of this user.
bool is_our_scratch(const fs::path& path) {
  struct stat found {};
  return path.is_absolute() && path.filename().string().starts_with("chatlab-") &&
         ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid();
}

}  // namespace

boost::system::result<std::unique_ptr<Book>, Trouble> Book::open(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder / "students", failed);
  if (!failed) fs::create_directory(folder / "runs", failed);
  if (failed)
    return Trouble{fmt::format("cannot make the folder '{}': {}", folder.string(), failed.message())};
  std::unique_ptr<Book> book(new Book(folder));
  book->lock_ = client::Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::flock(book->lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    return Trouble{errno == EWOULDBLOCK
                       ? fmt::format("another grader is at work in '{}'", folder.string())
                       : fmt::format("cannot lock '{}': {}", folder.string(), std::strerror(errno))};
  }
  if (const auto note = read_whole(book->scratch_note()); note.has_value() && is_our_scratch(*note)) {
    remove_folder(*note);
  }
  auto scratch = Scratch::make();
  if (scratch.has_error()) return scratch.error();
  book->scratch_ = std::move(*scratch);
  fs::permissions(book->scratch(), fs::perms(0711), failed);  // launched code may be another user
  const auto noted = write_whole(book->scratch_note(), book->scratch().string());
  if (noted.has_error()) return noted.error();
  return book;
}

Book::~Book() {
  std::error_code failed;
  if (!scratch_) return;
  fs::remove(scratch_note(), failed);
}

fs::path Book::student_file(const std::string& id, const char* ending) const {
  return folder_ / "students" / (file_name_of(id) + ending);
}

fs::path Book::run_file(const std::string& id) const {
  return folder_ / "runs" / (file_name_of(id) + ".html");
}

std::optional<Grade> Book::find(const std::string& id, const std::string& key) const {
  const auto text = read_whole(student_file(id, ".json"));
  if (text.has_error()) return std::nullopt;
  auto grade = from_file(*text);
  std::error_code failed;
  if (!grade || grade->id != id || grade->key != key) return std::nullopt;
  if (!fs::exists(student_file(id, ".html"), failed)) return std::nullopt;
  if (grade->has_run && !fs::exists(run_file(id), failed)) return std::nullopt;
  return grade;
}

Done Book::put(const Grade& grade, const Json& report, const Pages& pages) {
  // The JSON last: a result counts as there when that is.
  std::error_code failed;
  if (!grade.has_run) {
    fs::remove(run_file(grade.id), failed);
  } else if (auto written = write_whole(run_file(grade.id), pages.run); written.has_error()) {
    return written;
  }
  const auto written = write_whole(student_file(grade.id, ".html"), pages.verdicts);
  if (written.has_error()) return written;
  return write_whole(student_file(grade.id, ".json"), to_file(grade, report));
}

Done Book::write(const std::string& name, const std::string& content) {
  return write_whole(folder_ / name, content);
}

void Book::keep_only(const std::vector<std::string>& ids) {
  std::set<std::string> kept;
  for (const auto& id : ids) kept.insert(file_name_of(id));
  std::vector<fs::path> others;
  std::error_code failed;
  for (const char* name : {"students", "runs"}) {
    for (const auto& entry : fs::directory_iterator(folder_ / name, failed)) {
      const auto& path = entry.path();
      const bool is_result = path.extension() == ".json" || path.extension() == ".html";
      if (!is_result || !kept.contains(path.stem().string())) others.push_back(path);
    }
  }
  for (const auto& path : others) fs::remove(path, failed);
}

Done write_whole(const fs::path& file, const std::string& content) {
  auto draft = file;
  draft += ".part";
  const auto failed = [&] {
    return Trouble{fmt::format("cannot write '{}': {}", file.string(), std::strerror(errno))};
  };
  {
    const client::Descriptor output(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (output.get() < 0) return failed();
    for (std::size_t at = 0; at < content.size();) {
      const auto written = ::write(output.get(), content.data() + at, content.size() - at);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failed();
      at += static_cast<std::size_t>(written);
    }
    if (::fsync(output.get()) != 0) return failed();
  }
  if (::rename(draft.c_str(), file.c_str()) != 0) return failed();
  return {};
}

boost::system::result<std::string, Trouble> read_whole(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code unknown;
  if (fs::is_directory(file, unknown))
    return Trouble{fmt::format("cannot read '{}': it is a folder", file.string())};
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream.good() && !stream.eof()) {
    return Trouble{fmt::format("cannot read '{}': {}", file.string(), std::strerror(errno))};
  }
  return {boost::system::in_place_value, std::move(text)};
}

}  // namespace chatlab::grade
