#include "client/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <thread>

extern char** environ;

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 5ms;   // between two looks at the processes
constexpr auto polite_stop = 2000ms;  // between SIGTERM and SIGKILL
constexpr auto hard_stop = 2000ms;    // for what was killed to be gone; only the kernel can delay it

// The group's guard reads from a pipe whose other end this program holds. When this program dies, even by
// SIGKILL, the read ends and so does the group. It is no child of the command, which might wait for its own.
constexpr auto guarded =
    R"sh(( { read -r end <&3; kill -KILL 0; } >/dev/null 2>&1 & ) ; exec 3<&-; exec /bin/sh -c "$1")sh";

/// This process's environment with some variables set anew.
std::vector<std::string> environment_with(std::vector<std::string> settings) {
  const auto count = static_cast<std::ptrdiff_t>(settings.size());
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view name(*entry, std::strcspn(*entry, "="));
    const auto is_set = [&](const std::string& setting) {
      return setting.starts_with(name) && setting[name.size()] == '=';
    };
    if (std::none_of(settings.begin(), settings.begin() + count, is_set)) settings.emplace_back(*entry);
  }
  return settings;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::string in_words(int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("it was ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  }
  return fmt::format("it exited with status {}", WEXITSTATUS(status));
}

/// True where the process's environment holds the setting. A process that has ended has none.
bool has_setting(std::string_view process, const std::string& setting) {
  std::ifstream file(fmt::format("/proc/{}/environ", process), std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return text.find(setting + '\0') != std::string::npos;
}

}  // namespace

boost::system::result<std::unique_ptr<Process>, Failure> Process::start(
    const std::string& command, const std::string& directory, const std::vector<std::string>& variables) {
  static std::atomic<int> started = 0;
  std::unique_ptr<Process> process(new Process);
  process->mark_ = fmt::format("CHATLAB_LAUNCH={}-{}", ::getpid(), ++started);
  process->output_ = Descriptor(::memfd_create("output", MFD_CLOEXEC));
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failure{fmt::format("no pipe: {}", ::strerror(errno))};
  const Descriptor guarded_end(ends[0]);
  process->life_ = Descriptor(ends[1]);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, process->output_.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, process->output_.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, guarded_end.get(), 3);
  if (!directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

  auto settings = variables;
  settings.push_back(process->mark_);
  auto environment = environment_with(std::move(settings));
  std::vector<std::string> arguments = {"/bin/sh", "-c", guarded, "sh", command};
  const int failed = ::posix_spawn(&process->group_, "/bin/sh", &actions, &attributes,
                                   pointers(arguments).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (!failed) return process;
  process->group_ = -1;
  return Failure{fmt::format("cannot start '{}'{}: {}", command, directory.empty() ? "" : " in " + directory,
                             ::strerror(failed))};
}

std::optional<std::string> Process::ending() {
  int status = 0;
  if (!status_ && ::waitpid(group_, &status, WNOHANG) == group_) status_ = status;
  if (!status_) return std::nullopt;
  return in_words(*status_);
}

std::size_t Process::output_bytes() const {
  return static_cast<std::size_t>(std::max<off_t>(0, ::lseek(output_.get(), 0, SEEK_END)));
}

std::string Process::output(std::size_t most_bytes, std::size_t begin) const {
  const auto end = output_bytes();
  const auto size_bytes = std::min(end - std::min(begin, end), most_bytes);
  std::string text(size_bytes, '\0');
  const auto read_bytes =
      ::pread(output_.get(), text.data(), size_bytes, static_cast<off_t>(end - size_bytes));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, read_bytes)));
  return text;
}

/// All that live and carry the mark: the group, and whoever left it.
std::vector<pid_t> Process::members() const {
  std::vector<pid_t> found;
  DIR* processes = ::opendir("/proc");
  if (!processes) return found;
  while (const auto* entry = ::readdir(processes)) {
    const std::string_view name = entry->d_name;
    pid_t number = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_process = failed == std::errc{} && end == name.data() + name.size();
    if (is_process && has_setting(name, mark_)) found.push_back(number);
  }
  ::closedir(processes);
  return found;
}

Process::~Process() {
  if (group_ < 0) return;
  for (const auto member : members()) ::kill(member, SIGTERM);
  const auto time_to_kill = std::chrono::steady_clock::now() + polite_stop;
  const auto give_up = time_to_kill + hard_stop;
  for (auto left = members(); !left.empty(); left = members()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= give_up) break;
    if (now >= time_to_kill) {
      for (const auto member : left) ::kill(member, SIGKILL);  // in each round: it may have forked meanwhile
    }
    std::this_thread::sleep_for(poll_interval);
  }
  ::kill(-group_, SIGKILL);  // one whose environment cannot be read
  ending();                  // no zombie is left
}

}  // namespace chatlab::client
