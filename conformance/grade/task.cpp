#include "conformance/grade/task.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <system_error>

#include <fmt/format.h>

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;

/// SHA-256 of what it is fed with.
class Digest {
 public:
  Digest() : context_(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free) {
    ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr);
  }

  /// Its length too, so that the next piece cannot be taken for a part of this one.
  void add(const std::string& piece) {
    const auto size = fmt::format("{}:", piece.size());
    ::EVP_DigestUpdate(context_.get(), size.data(), size.size());
    ::EVP_DigestUpdate(context_.get(), piece.data(), piece.size());
  }

  void add_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 64 << 10> block;
    while (file.read(block.data(), block.size()) || file.gcount() > 0) {
      ::EVP_DigestUpdate(context_.get(), block.data(), static_cast<std::size_t>(file.gcount()));
    }
    add("");
  }

  std::string text() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    ::EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
    std::string digits;
    for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", bytes[i]);
    return digits;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context_;
};

void add_folder(const fs::path& folder, Digest& digest) {
  std::vector<fs::path> files;
  std::error_code failed;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    if (at->is_symlink(failed)) continue;
    if (at->path().filename() == ".git")
      at.disable_recursion_pending();
    else if (at->is_regular_file(failed))
      files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    digest.add(file.lexically_relative(folder).string());
    digest.add_file(file);
  }
}

std::string source_of(const std::vector<HandedIn::File>& files) {
  std::string names;
  for (const auto& file : files) names += (names.empty() ? "" : ", ") + file.name;
  return names;
}

}  // namespace

std::vector<Task> plan_tasks(const Roster& roster, const std::vector<HandedIn>& handed_in,
                             const fs::path& folder) {
  std::map<std::string, Task> tasks;  // by id
  for (const auto& student : roster.students) {
    auto& task =
        tasks[student.id] = {student.id, student.name, student.url, {}, student.url, false, student.extras};
    if (student.folder.empty()) continue;
    auto path = (folder / student.folder).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // "ann/" is "ann"
    task.files.push_back({path, path.filename().string()});
    task.source = student.folder;
  }
  for (const auto& one : handed_in) {
    auto [place, is_new] = tasks.try_emplace(one.id);
    auto& task = place->second;
    if (is_new) {
      task.id = one.id;
      task.name = one.name;
      task.extras.resize(roster.extra_columns.size());
    }
    if (!task.url.empty() || !task.files.empty()) continue;  // the roster says where it is
    task.files = one.files;
    task.source = source_of(one.files);
    task.late = one.late;
  }
  std::vector<Task> sorted;
  for (auto& [id, task] : tasks) sorted.push_back(std::move(task));
  return sorted;
}

std::string digest_of(const Task& task) {
  Digest digest;
  digest.add(task.url);
  for (const auto& file : task.files) {
    digest.add(file.name);
    std::error_code failed;
    if (fs::is_directory(file.path, failed))
      add_folder(file.path, digest);
    else
      digest.add_file(file.path);
  }
  return digest.text();
}

std::string digest_of(const std::string& text) {
  Digest digest;
  digest.add(text);
  return digest.text();
}

}  // namespace chatlab::grade
