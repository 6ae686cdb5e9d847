#include "conformance/report/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace chatlab::conformance {
namespace {

std::string cannot_write(const std::string& path, int error) {
  const auto hint = error == ENOENT || error == ENOTDIR ? "; does its folder exist?" : "";
  return fmt::format("cannot write the report {}: {}{}", path, std::strerror(error), hint);
}

/// 0, or the error.
int write_all(int descriptor, const std::string& content) {
  std::size_t written = 0;
  while (written < content.size()) {
    const auto count = ::write(descriptor, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    written += static_cast<std::size_t>(count);
  }
  return 0;
}

int close_after(int descriptor, int error) {
  if (::close(descriptor) == 0) return error;
  return error != 0 ? error : errno;
}

std::optional<std::string> write_to(const std::string& path, const std::string& content, int flags) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
  if (descriptor < 0) return cannot_write(path, errno);
  const int error = close_after(descriptor, write_all(descriptor, content));
  if (error != 0) return cannot_write(path, error);
  return std::nullopt;
}

/// What a new file may be read and written by.
mode_t usual_rights() {
  const auto mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

std::optional<std::string> write_file(const std::string& path, const std::string& content) {
  struct stat now {};
  const bool exists = ::stat(path.c_str(), &now) == 0;
  if (exists && !S_ISREG(now.st_mode) && !S_ISDIR(now.st_mode)) return write_to(path, content, 0);
  std::error_code unknown;                                                           // writing will tell
  auto target = exists ? std::filesystem::canonical(path, unknown).string() : path;  // behind a link
  if (target.empty()) target = path;
  if (exists && S_ISDIR(now.st_mode)) return cannot_write(path, EISDIR);
  auto beside = target + ".XXXXXX";
  const int descriptor = ::mkstemp(beside.data());
  if (descriptor < 0) return cannot_write(path, errno);
  int error = write_all(descriptor, content);
  if (error == 0 && ::fchmod(descriptor, exists ? now.st_mode & 07777 : usual_rights()) != 0) error = errno;
  error = close_after(descriptor, error);
  if (error == 0 && ::rename(beside.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return std::nullopt;
  ::unlink(beside.c_str());
  return cannot_write(path, error);
}

std::optional<std::string> append_to_file(const std::string& path, const std::string& content) {
  return write_to(path, content, O_APPEND | O_CREAT);
}

}  // namespace chatlab::conformance
