#include "client/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <string_view>
#include <thread>

extern char** environ;

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 5ms;     // between two looks at the processes
constexpr auto watch_interval = 200ms;  // a machine stands several leaks for so long, each with its ulimit
constexpr auto polite_stop = 2000ms;    // between SIGTERM and SIGKILL
constexpr auto hard_stop = 2000ms;      // for what was killed to be gone; only the kernel can delay it
constexpr auto time_to_die_of_it = 2s;  // of the CPU, for who is told that its time on it is over

// The group's guard reads from a pipe whose other end this program holds. When this program dies, even by
// SIGKILL, the read ends and so does the group. It is no child of the command, which might wait for its own.
// The limits are the command's, not the guard's.
constexpr auto guarded =
    R"sh(( { read -r end <&3; kill -KILL 0; } >/dev/null 2>&1 & ) ; exec 3<&-; eval "$2"; exec /bin/sh -c "$1")sh";

/// Commands of the shell that bound each process by itself.
std::string settings_of(const Limits& limits) {
  constexpr std::size_t ulimit_file_bytes = 512, ulimit_memory_bytes = 1024;  // POSIX's units
  // SIGXCPU, which says why, comes before SIGKILL.
  return fmt::format("ulimit -f {}; ulimit -d {}; ulimit -S -t {}; ulimit -H -t {}; ulimit -c 0",
                     limits.file_bytes / ulimit_file_bytes, limits.memory_bytes / ulimit_memory_bytes,
                     limits.cpu_time.count(), (limits.cpu_time + time_to_die_of_it).count());
}

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

std::string signal_in_words(int number) {
  return fmt::format("signal {} ({}{})", number, ::strsignal(number),
                     number == SIGKILL ? "; the system does so where memory runs out" : "");
}

std::string in_words(int status) {
  if (WIFSIGNALED(status)) return "it was ended by " + signal_in_words(WTERMSIG(status));
  // So a shell and a sandbox tell how what they ran has ended; but a program can choose such a status itself.
  constexpr int told_as = 128, most_signals = 31;
  const int number = WEXITSTATUS(status) - told_as;
  const bool may_be_signal = number >= 1 && number <= most_signals;
  return fmt::format("it exited with status {}{}", WEXITSTATUS(status),
                     may_be_signal ? ", as after " + signal_in_words(number) : "");
}

std::string size_in_words(std::size_t bytes) {
  constexpr std::size_t kibibyte = 1024, mebibyte = kibibyte * kibibyte;
  return bytes % mebibyte == 0 ? fmt::format("{} MiB", bytes / mebibyte)
                               : fmt::format("{} KiB", bytes / kibibyte);
}

}  // namespace

boost::system::result<std::unique_ptr<Process>, Failure> Process::start(
    const std::string& command, const std::string& directory, const std::vector<std::string>& variables,
    const std::optional<Limits>& limits) {
  static std::atomic<int> started = 0;
  std::unique_ptr<Process> process(new Process);
  process->limits_ = limits;
  process->mark_ = fmt::format("CHATLAB_LAUNCH={}-{}", ::getpid(), ++started);
  const auto spawned = process->spawn(command, directory, variables);
  if (spawned.has_error()) return spawned.error();
  if (limits) process->watch_ = std::jthread([self = process.get()](const auto& stop) { self->watch(stop); });
  return process;
}

boost::system::result<void, Failure> Process::spawn(const std::string& command, const std::string& directory,
                                                    std::vector<std::string> variables) {
  output_ = Descriptor(::memfd_create("output", MFD_CLOEXEC));
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failure{fmt::format("no pipe: {}", ::strerror(errno))};
  const Descriptor guarded_end(ends[0]);
  life_ = Descriptor(ends[1]);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output_.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output_.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, guarded_end.get(), 3);
  if (!directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

  variables.push_back(mark_);
  auto environment = environment_with(std::move(variables));
  const auto settings = limits_ ? settings_of(*limits_) : "";
  std::vector<std::string> arguments = {"/bin/sh", "-c", guarded, "sh", command, settings};
  const int failed = ::posix_spawn(&group_, "/bin/sh", &actions, &attributes, pointers(arguments).data(),
                                   pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (!failed) return {};
  group_ = -1;
  return Failure{fmt::format("cannot start '{}'{}: {}", command, directory.empty() ? "" : " in " + directory,
                             ::strerror(failed))};
}

std::optional<std::string> Process::ending() {
  int status = 0;
  if (!status_ && ::waitpid(group_, &status, WNOHANG) == group_) status_ = status;
  if (!status_) return std::nullopt;
  const std::lock_guard lock(excess_mutex_);
  if (excess_.empty()) excess_ = printed_too_much();  // that may have ended it before the watch looked
  return excess_.empty() ? in_words(*status_) : fmt::format("it was ended: {}", excess_);
}

/// The kernel takes no more of its output than that.
std::string Process::printed_too_much() const {
  if (!limits_ || output_bytes() < limits_->file_bytes) return "";
  return fmt::format("it printed more than {}", size_in_words(limits_->file_bytes));
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

/// Looks again and again at what all of it uses together, which no limit of a single process can bound.
void Process::watch(const std::stop_token& stop) {
  const ProcessTree tree(mark_, group_);
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any pause;
  while (!pause.wait_for(lock, stop, watch_interval, [] { return false; }) && !stop.stop_requested()) {
    const auto members = tree.members();
    std::size_t memory_bytes = 0;
    for (const auto& member : members) memory_bytes += member.resident_bytes;
    auto excess = printed_too_much();
    if (memory_bytes > limits_->memory_bytes)
      excess = fmt::format("it used more than {} of memory", size_in_words(limits_->memory_bytes));
    if (members.size() > limits_->processes)
      excess = fmt::format("it ran more than {} processes at once", limits_->processes);
    if (excess.empty()) continue;
    {
      const std::lock_guard excess_lock(excess_mutex_);
      excess_ = std::move(excess);
    }
    end_all(0ms);
    return;
  }
}

/// SIGTERM to all of it, and after the grace SIGKILL, until nobody is left.
void Process::end_all(std::chrono::milliseconds grace) {
  const ProcessTree tree(mark_, group_);
  if (grace > 0ms) {
    for (const auto& member : tree.members()) ::kill(member.number, SIGTERM);
  }
  const auto time_to_kill = std::chrono::steady_clock::now() + grace;
  const auto give_up = time_to_kill + hard_stop;
  while (!tree.members().empty()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= give_up) break;
    if (now >= time_to_kill) tree.signal(SIGKILL);  // in each round: it may have forked meanwhile
    std::this_thread::sleep_for(poll_interval);
  }
}

Process::~Process() {
  if (group_ < 0) return;
  if (watch_.joinable()) {
    watch_.request_stop();
    watch_.join();
  }
  end_all(polite_stop);
  ::kill(-group_, SIGKILL);  // one whose environment cannot be read
  ending();                  // no zombie is left
}

}  // namespace chatlab::client
