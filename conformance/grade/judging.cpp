#include "conformance/grade/judging.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/trim.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "conformance/legible.hpp"

extern char** environ;

namespace chatlab::grade {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_report_bytes = 16 << 20;  // a suite's report has some 100 KiB
constexpr std::size_t most_complaint_bytes = 4000;   // shown to a person
constexpr auto grace = 5s;                           // for ending its server, once its time is over
constexpr auto following = "CHATLAB_GRADER";         // set in a judge's environment: its parent's number

struct Pipe {
  client::Descriptor read_end, write_end;
};

std::optional<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{client::Descriptor(ends[0]), client::Descriptor(ends[1])};
}

std::vector<std::string> environment_with(std::vector<std::string> settings) {
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with("TMPDIR=") && !text.starts_with(following)) settings.emplace_back(text);
  }
  return settings;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

boost::system::result<std::unique_ptr<Judging>, Trouble> Judging::start(
    const std::vector<std::string>& arguments, std::unique_ptr<Scratch> scratch,
    std::chrono::milliseconds time) {
  auto output = make_pipe();
  auto errors = make_pipe();
  if (!output || !errors) return Trouble{fmt::format("no pipe: {}", std::strerror(errno))};
  std::unique_ptr<Judging> judging(new Judging);
  judging->scratch_ = std::move(scratch);
  const auto& path = judging->scratch_->path();
  std::error_code failed;
  std::filesystem::permissions(path, std::filesystem::perms(0711),
                               failed);  // launched code may be another user

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output->write_end.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors->write_end.get(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  // A group of its own: a terminal's Ctrl-C is the grader's, which ends its judges itself.
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);

  static const auto program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  std::vector<std::string> line = {program};
  line.insert(line.end(), arguments.begin(), arguments.end());
  auto environment =
      environment_with({"TMPDIR=" + path.string(), fmt::format("{}={}", following, ::getpid())});
  const int error = ::posix_spawn(&judging->process_, program.c_str(), &actions, &attributes,
                                  pointers(line).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error) {
    judging->process_ = -1;
    return Trouble{fmt::format("cannot start '{}': {}", program, std::strerror(error))};
  }
  judging->output_ = std::move(output->read_end);
  judging->errors_ = std::move(errors->read_end);
  judging->deadline_ = Clock::now() + time;
  return judging;
}

std::optional<Judging::Ending> Judging::look(Clock::time_point now) {
  read_some(output_, printed_, most_report_bytes);
  read_some(errors_, complained_, most_complaint_bytes);
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) == process_) status_ = status;
  if (!status_) {
    if (!was_killed_ && (too_much_ || now >= deadline_)) {
      ::kill(process_, SIGTERM);
      was_killed_ = true;
      last_word_ = now + grace;
    } else if (was_killed_ && now >= last_word_) {
      ::kill(process_, SIGKILL);
    }
    return std::nullopt;
  }
  read_some(output_, printed_, most_report_bytes);
  read_some(errors_, complained_, most_complaint_bytes);
  if (too_much_) {
    return Ending{"",
                  fmt::format("the report of this submission had more than {} MiB", most_report_bytes >> 20)};
  }
  if (was_killed_) return Ending{"", "", true};
  if (WIFSIGNALED(*status_)) {
    return Ending{"", fmt::format("the process that judged it was ended by signal {} ({})",
                                  WTERMSIG(*status_), ::strsignal(WTERMSIG(*status_)))};
  }
  if (printed_.empty()) {
    return Ending{"", fmt::format("the process that judged it exited with status {} and said: {}",
                                  WEXITSTATUS(*status_),
                                  conformance::printable(boost::algorithm::trim_copy(complained_)))};
  }
  return Ending{std::move(printed_), ""};
}

void Judging::read_some(const client::Descriptor& pipe, std::string& text, std::size_t most_bytes) {
  std::array<char, 64 << 10> block;
  for (;;) {
    const auto size = ::read(pipe.get(), block.data(), block.size());
    if (size <= 0) return;
    const auto room = most_bytes - std::min(text.size(), most_bytes);
    text.append(block.data(), std::min(static_cast<std::size_t>(size), room));
    if (&text == &printed_ && static_cast<std::size_t>(size) > room) too_much_ = true;
  }
}

Judging::~Judging() {
  if (process_ < 0 || status_) return;
  ::kill(process_, SIGTERM);
  const auto until = Clock::now() + grace;
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(process_, &status, WNOHANG)) == 0 && Clock::now() < until) {
    constexpr timespec between_looks{0, 5'000'000};
    ::nanosleep(&between_looks, nullptr);
  }
  if (ended != 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, &status, 0);
}

bool follow_grader() {
  const char* grader = std::getenv(following);
  if (!grader) return false;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (std::to_string(::getppid()) != grader) ::_exit(1);  // it had ended already
  ::unsetenv(following);
  return true;
}

}  // namespace chatlab::grade
