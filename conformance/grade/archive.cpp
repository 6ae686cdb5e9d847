#include "conformance/grade/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>

#include "client/descriptor.hpp"
#include "conformance/legible.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;
using conformance::printable;

constexpr std::size_t block_bytes = 128 << 10;
constexpr std::size_t told = 10;            // entries that were left out
constexpr std::size_t longest_name = 4096;  // bytes; PATH_MAX

using ArchiveReader = std::unique_ptr<archive, decltype(&::archive_read_free)>;

/// The path that an entry's name stands for below the folder; why it is not taken where it has none.
boost::system::result<fs::path, Trouble> inside_path(std::string name, std::size_t most_folders) {
  std::replace(name.begin(), name.end(), '\\', '/');  // Windows' own zip
  if (name.size() > longest_name) return Trouble{"its name is longer than a path can be"};
  if (name.starts_with('/') || (name.size() > 1 && name[1] == ':')) return Trouble{"its path is absolute"};
  fs::path path;
  std::size_t folders = 0;
  for (const auto& part : fs::path(name)) {
    if (part == "..") return Trouble{"its path leads out of the archive with '..'"};
    if (part.empty() || part == ".") continue;
    path /= part;
    if (++folders > most_folders)
      return Trouble{fmt::format("it is more than {} folders deep", most_folders)};
  }
  return {boost::system::in_place_value, path};
}

/// What only a Mac's or an editor's own record is, and no part of a submission.
bool is_clutter(const fs::path& path) {
  return std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == "__MACOSX"; }) ||
         path.filename() == ".DS_Store";
}

/// libarchive turns names into the locale's encoding, and loses those that the locale does not know. As long
/// as this object lives, this thread's knows all.
class Utf8Locale {
 public:
  Utf8Locale() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(::uselocale(utf8_)) {}
  ~Utf8Locale() {
    ::uselocale(before_);
    if (utf8_) ::freelocale(utf8_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t utf8_, before_;
};

class Unpacking {
 public:
  Unpacking(archive* reader, const fs::path& folder, const ArchiveLimits& limits)
      : reader_(reader), folder_(folder), limits_(limits) {}

  boost::system::result<Unpacked, Trouble> unpack_all() {
    archive_entry* entry = nullptr;
    for (std::size_t count = 1;; ++count) {
      const int status = ::archive_read_next_header(reader_, &entry);
      if (status == ARCHIVE_EOF) return std::move(unpacked_);
      if (status < ARCHIVE_WARN) return Trouble{fmt::format("it is damaged: {}", words_of(reader_))};
      if (count > limits_.entries) {
        return Trouble{
            fmt::format("it holds more than {} files, which no submission needs", limits_.entries)};
      }
      if (auto trouble = take(entry)) return std::move(*trouble);
    }
  }

  static std::string words_of(archive* reader) {
    const char* words = ::archive_error_string(reader);
    return printable(words ? words : "no reason is given");
  }

 private:
  std::optional<Trouble> take(archive_entry* entry) {
    const std::string name = name_of(entry);
    if (name.empty()) return leave_out("?", "its name cannot be read");
    if (::archive_entry_is_encrypted(entry)) return Trouble{"it asks for a password"};
    auto path = inside_path(name, limits_.depth);
    if (path.has_error()) return leave_out(name, path.error().text);
    if (path->empty() || is_clutter(*path)) return std::nullopt;
    if (::archive_entry_hardlink(entry)) return leave_out(name, "it is a link");
    switch (::archive_entry_filetype(entry)) {
      case AE_IFDIR:
        return make_folder(*path, name);
      case AE_IFREG:
        return write_file(*path, name, ::archive_entry_perm(entry) & S_IXUSR);
      case AE_IFLNK:
        return leave_out(name, "it is a link");
      default:
        return leave_out(name, "it is a device, a socket or a pipe");
    }
  }

  /// The name as UTF-8 where the archive says how it is encoded, its bytes where it does not.
  static std::string name_of(archive_entry* entry) {
    if (const char* name = ::archive_entry_pathname_utf8(entry)) return name;
    const char* bytes = ::archive_entry_pathname(entry);
    return bytes ? bytes : "";
  }

  std::optional<Trouble> leave_out(const std::string& name, const std::string& why) {
    if (unpacked_.left_out.size() < told) {
      unpacked_.left_out.push_back(
          fmt::format("'{}' was not unpacked: {}", conformance::shortened(printable(name)), why));
    }
    return std::nullopt;
  }

  std::optional<Trouble> make_folder(const fs::path& path, const std::string& name) {
    std::error_code failed;
    fs::create_directories(folder_ / path, failed);
    if (failed) return fail_or_leave_out(name, failed.value());
    return std::nullopt;
  }

  std::optional<Trouble> write_file(const fs::path& path, const std::string& name, bool executable) {
    std::error_code failed;
    fs::create_directories((folder_ / path).parent_path(), failed);
    if (failed) return fail_or_leave_out(name, failed.value());
    const client::Descriptor file(::open((folder_ / path).c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                         executable ? 0755 : 0644));
    if (file.get() < 0) return fail_or_leave_out(name, errno);
    ++unpacked_.files;
    return copy_into(file.get());
  }

  std::optional<Trouble> copy_into(int file) {
    std::string block(block_bytes, '\0');
    for (;;) {
      const auto read = ::archive_read_data(reader_, block.data(), block.size());
      if (read == 0) return std::nullopt;
      if (read < 0) return Trouble{fmt::format("it is damaged: {}", words_of(reader_))};
      bytes_ += static_cast<std::uint64_t>(read);
      if (bytes_ > limits_.bytes) {
        return Trouble{
            fmt::format("unpacked it has more than {} MiB, which no submission needs", limits_.bytes >> 20)};
      }
      for (ssize_t at = 0; at < read;) {
        const auto written = ::write(file, block.data() + at, static_cast<std::size_t>(read - at));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Trouble{fmt::format("it cannot be written: {}", std::strerror(errno))};
        at += written;
      }
    }
  }

  /// A name that this file system does not take costs that file; a full disk costs the submission.
  std::optional<Trouble> fail_or_leave_out(const std::string& name, int error) {
    const bool names_fault = error == ENAMETOOLONG || error == EINVAL || error == EILSEQ || error == EISDIR ||
                             error == ENOTDIR || error == EEXIST || error == ELOOP;
    if (names_fault) return leave_out(name, std::strerror(error));
    return Trouble{fmt::format("'{}' cannot be written: {}", printable(name), std::strerror(error))};
  }

  archive* reader_;
  const fs::path& folder_;
  const ArchiveLimits& limits_;
  Unpacked unpacked_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

boost::system::result<Unpacked, Trouble> unpack(const fs::path& archive, const fs::path& folder,
                                                const ArchiveLimits& limits) {
  const Utf8Locale locale;
  const ArchiveReader reader(::archive_read_new(), &::archive_read_free);
  // Not "all": that would start programs for rare compressions.
  for (const auto support : {&::archive_read_support_filter_gzip, &::archive_read_support_filter_bzip2,
                             &::archive_read_support_filter_xz, &::archive_read_support_filter_zstd}) {
    support(reader.get());
  }
  ::archive_read_support_format_zip(reader.get());
  ::archive_read_support_format_tar(reader.get());
  ::archive_read_support_format_gnutar(reader.get());
  ::archive_read_support_format_7zip(reader.get());
  ::archive_read_support_format_rar(reader.get());
  ::archive_read_support_format_rar5(reader.get());
  const auto refused = [&](const std::string& why) {
    return Trouble{
        fmt::format("the archive '{}' cannot be unpacked: {}", printable(archive.filename().string()), why)};
  };
  if (::archive_read_open_filename(reader.get(), archive.c_str(), block_bytes) != ARCHIVE_OK) {
    return refused(Unpacking::words_of(reader.get()));
  }
  auto unpacked = Unpacking(reader.get(), folder, limits).unpack_all();
  if (unpacked.has_error()) return refused(unpacked.error().text);
  return unpacked;
}

bool is_archive_name(const fs::path& file) {
  const auto name = boost::algorithm::to_lower_copy(file.filename().string());
  for (const char* ending : {".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz",
                             ".tar.zst", ".7z", ".rar"}) {
    if (boost::algorithm::ends_with(name, ending)) return true;
  }
  return false;
}

}  // namespace chatlab::grade
