#include "loadgen/usage.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace chatlab::loadgen {
namespace {

constexpr int tcp_listening = 10;  // TCP_LISTEN in /proc/net/tcp

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  if (!open) return names;
  while (const dirent* entry = ::readdir(open.get())) names.emplace_back(entry->d_name);
  return names;
}

/// The inodes of the sockets that listen on the port.
void add_listening(const char* table, std::uint16_t port, std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
        inode;
    const auto colon = local.rfind(':');
    if (colon == std::string::npos || std::stoi(state, nullptr, 16) != tcp_listening) continue;
    if (std::stoi(local.substr(colon + 1), nullptr, 16) == port) inodes.insert("socket:[" + inode + "]");
  }
}

bool holds_one_of(const std::string& process, const std::set<std::string>& sockets) {
  const auto folder = "/proc/" + process + "/fd/";
  for (const auto& name : names_in(folder)) {
    char target[64];
    const auto size = ::readlink((folder + name).c_str(), target, sizeof target);
    if (size > 0 && sockets.count(std::string(target, static_cast<std::size_t>(size)))) return true;
  }
  return false;
}

/// "VmRSS:   1234 kB"
std::size_t kilobytes_after(const std::string& status, std::string_view label) {
  const auto at = status.find(label);
  return at == std::string::npos ? 0 : std::strtoull(status.c_str() + at + label.size(), nullptr, 10);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

ThreadUsage ThreadUsage::now() {
  // Running and waiting, both in nanoseconds; absent where the kernel keeps no such statistics.
  ThreadUsage usage;
  long long running_ns = 0, waiting_ns = 0;
  std::ifstream("/proc/thread-self/schedstat") >> running_ns >> waiting_ns;
  timespec cpu{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
  usage.cpu = std::chrono::seconds(cpu.tv_sec) + std::chrono::nanoseconds(cpu.tv_nsec);
  usage.waiting = std::chrono::nanoseconds(waiting_ns);
  return usage;
}

MachineUsage MachineUsage::now() {
  // user nice system idle iowait irq softirq steal
  MachineUsage usage;
  std::ifstream file("/proc/stat");
  std::string label;
  file >> label;
  for (int field = 0; field < 8; ++field) {
    unsigned long long ticks = 0;
    file >> ticks;
    usage.total += ticks;
    if (field == 7) usage.stolen = ticks;
  }
  return usage;
}

std::optional<ProcessUsage> usage_of(const std::vector<pid_t>& processes) {
  ProcessUsage all;
  bool any = false;
  for (const auto process : processes) {
    const auto stat = content_of(fmt::format("/proc/{}/stat", process));
    const auto name_end = stat.rfind(')');  // the name may hold anything, spaces too
    if (name_end == std::string::npos) continue;
    std::istringstream fields(stat.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    long long user_ticks = 0, system_ticks = 0;
    fields >> user_ticks >> system_ticks;
    all.cpu +=
        std::chrono::nanoseconds((user_ticks + system_ticks) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
    const auto status = content_of(fmt::format("/proc/{}/status", process));
    all.resident_bytes += kilobytes_after(status, "VmRSS:") * 1024;
    all.peak_resident_bytes += kilobytes_after(status, "VmHWM:") * 1024;
    any = true;
  }
  if (!any) return std::nullopt;
  return all;
}

std::vector<pid_t> listeners_on(std::uint16_t port) {
  std::set<std::string> sockets;
  add_listening("/proc/net/tcp", port, sockets);
  add_listening("/proc/net/tcp6", port, sockets);
  std::vector<pid_t> processes;
  if (sockets.empty()) return processes;
  for (const auto& name : names_in("/proc")) {
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (holds_one_of(name, sockets)) processes.push_back(std::stoi(name));
  }
  return processes;
}

}  // namespace chatlab::loadgen
