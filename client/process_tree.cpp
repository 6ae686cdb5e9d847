#include "client/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string_view>

#include "client/descriptor.hpp"

namespace chatlab::client {
namespace {

/// True where the process's environment holds the setting. A process that has ended has none.
bool has_setting(pid_t process, const std::string& setting) {
  // Every process of the machine is asked many times a second, so this does without a stream.
  const Descriptor file(::open(fmt::format("/proc/{}/environ", process).c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 16 * 1024> part;
  for (ssize_t size = 0; (size = ::read(file.get(), part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  return text.find(setting + '\0') != std::string::npos;
}

std::size_t own_resident_bytes(pid_t process) {
  static const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::size_t size = 0, resident = 0, shared = 0;  // in pages
  file >> size >> resident >> shared;
  return resident > shared ? (resident - shared) * page_bytes : 0;
}

}  // namespace

std::vector<ProcessTree::Member> ProcessTree::members() const {
  std::vector<Member> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(::opendir("/proc"), &::closedir);
  if (!processes) return found;
  while (const auto* entry = ::readdir(processes.get())) {
    const std::string_view name = entry->d_name;
    pid_t number = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_process = failed == std::errc{} && end == name.data() + name.size();
    if (is_process && has_setting(number, mark_)) found.push_back({number, own_resident_bytes(number)});
  }
  return found;
}

std::chrono::nanoseconds ProcessTree::kept_waiting() const {
  std::chrono::nanoseconds all{0};
  for (const auto& member : members()) {
    std::ifstream file(fmt::format("/proc/{}/schedstat", member.number));
    std::uint64_t ran = 0, waited = 0;  // ns
    if (file >> ran >> waited) all += std::chrono::nanoseconds(waited);
  }
  return all;
}

void ProcessTree::signal(int number) const {
  ::kill(-group_, number);
  for (const auto& member : members()) ::kill(member.number, number);
}

}  // namespace chatlab::client
