#include "conformance/grade/sandbox.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>

#include "client/process.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;
using conformance::quoted_for_shell;

/// Of the machine, what a program needs to run, and nothing that is somebody's own.
constexpr const char* system_folders[] = {"/usr",   "/bin",   "/sbin", "/lib",
                                          "/lib32", "/lib64", "/opt",  "/nix"};
constexpr const char* system_settings[] = {
    "/etc/alternatives",    "/etc/ca-certificates", "/etc/gai.conf",    "/etc/host.conf",    "/etc/hosts",
    "/etc/java-17-openjdk", "/etc/ld.so.cache",     "/etc/ld.so.conf",  "/etc/ld.so.conf.d", "/etc/localtime",
    "/etc/mime.types",      "/etc/nsswitch.conf",   "/etc/pki",         "/etc/protocols",    "/etc/python3",
    "/etc/python3.11",      "/etc/python3.12",      "/etc/resolv.conf", "/etc/services",     "/etc/ssl",
    "/etc/timezone"};

/// Where a room's folders are inside bubblewrap.
constexpr const char* submission_inside = "/submission";
constexpr const char* home_inside = "/home/student";

/// What each process is held to, so that what allocates, writes or computes without end ends by itself.
std::string bounds_of(const client::Limits& limits) {
  // A part of what all may have together: a single one that allocates without end always ends by itself, not
  // now and then by who watches it.
  const auto memory_bytes = limits.memory_bytes - limits.memory_bytes / 8;
  const auto cpu_seconds = limits.cpu_time.count();
  // SIGXCPU says why; SIGKILL would follow.
  return fmt::format(" prlimit --data={} --fsize={} --cpu={}:{} --core=0 --", memory_bytes, limits.file_bytes,
                     cpu_seconds, cpu_seconds + 1);
}

std::string quoted(const fs::path& path) {
  return quoted_for_shell(path.string());
}

}  // namespace

Sandbox Sandbox::choose(Settings settings) {
  Sandbox sandbox(std::move(settings));
  sandbox.with_bubblewrap_ = sandbox.settings_.wanted != Wanted::none;
  sandbox.description_ = "bubblewrap";
  std::string why = "as asked for";
  if (sandbox.settings_.wanted == Wanted::automatic) {
    const auto tried = sandbox.try_out();
    sandbox.with_bubblewrap_ = tried.has_value();
    if (tried.has_error()) why = "bubblewrap cannot be used: " + tried.error().text;
  }
  if (!sandbox.with_bubblewrap_) {
    sandbox.description_ =
        fmt::format("none{}, {}", sandbox.changes_user() ? " but a user of its own" : "", why);
  }
  return sandbox;
}

boost::system::result<void, Trouble> Sandbox::try_out() const {
  const auto scratch = Scratch::make();
  if (scratch.has_error()) return scratch.error();
  const auto& path = (*scratch)->path();
  const Room room{path / "submission", path / "home", path / "tmp"};
  for (const auto& folder : {room.submission, room.home, room.temporary}) fs::create_directory(folder);
  const auto given = hand_over(path);
  if (given.has_error()) return given;
  const std::string installed = "command -v bwrap >/dev/null || { echo it is not installed; exit 1; }; ";
  const auto process =
      client::Process::start((with_bubblewrap_ ? installed : "") + confined("true", room, ".", {}), "", {});
  if (process.has_error()) return Trouble{process.error().text};
  constexpr std::chrono::seconds patience{20};  // of a machine under load
  constexpr std::chrono::milliseconds between_looks{2};
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!(*process)->ending()) {
    if (std::chrono::steady_clock::now() > until) return Trouble{"it was tried and did not end"};
    std::this_thread::sleep_for(between_looks);
  }
  if (*(*process)->ending() == "it exited with status 0") return {};
  constexpr std::size_t shown_bytes = 300;
  const auto words = boost::algorithm::trim_copy((*process)->output(shown_bytes));
  return Trouble{words.empty() ? *(*process)->ending() : words};
}

std::string Sandbox::confined(std::string_view command, const Room& room, const fs::path& folder,
                              const std::vector<std::string>& variables) const {
  // First of all, so that not even a process of the sandbox itself holds what the user's environment does.
  auto line =
      fmt::format("exec env -i PATH={} HOME={} TMPDIR={} LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONHASHSEED=0",
                  quoted_for_shell(search_path()), with_bubblewrap_ ? home_inside : quoted(room.home),
                  with_bubblewrap_ ? "/tmp" : quoted(room.temporary));
  for (const auto& name : variables) line += fmt::format(" {0}=\"${{{0}-}}\"", name);
  if (changes_user()) {
    line += fmt::format(" setpriv --reuid={0} --regid={0} --clear-groups --no-new-privs --", settings_.user);
  }
  if (with_bubblewrap_) line += bubblewrap_command(room, folder);
  // Elsewhere the user's other processes would be counted too. Who watches the limit ends all of it; this is
  // for those that hide from that.
  constexpr std::size_t beyond = 32;
  if (with_bubblewrap_ || changes_user())
    line += fmt::format(" prlimit --nproc={} --", settings_.limits.processes + beyond);
  line += bounds_of(settings_.limits);
  line += fmt::format(" /bin/sh -c {}", quoted_for_shell(std::string(command)));
  return with_bubblewrap_ ? line : fmt::format("cd {} && {}", quoted(room.submission / folder), line);
}

/// Its own users, processes, messages between processes, host name; a terminal of its own; no capabilities.
/// The network is this process's.
std::string Sandbox::bubblewrap_command(const Room& room, const fs::path& folder) const {
  std::string line =
      " bwrap --unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --uid 1000 --gid "
      "1000 "
      "--hostname lab --die-with-parent --new-session --cap-drop ALL";
  for (const auto& path : system_folders) {
    std::error_code failed;
    if (fs::is_symlink(path, failed)) {
      line += fmt::format(" --symlink {} {}", quoted(fs::read_symlink(path, failed)), path);
    } else {
      line += fmt::format(" --ro-bind-try {0} {0}", path);
    }
  }
  for (const auto& path : system_settings) line += fmt::format(" --ro-bind-try {0} {0}", path);
  line +=
      fmt::format(" --proc /proc --dev /dev --bind {} /tmp --bind {} {} --bind {} {}", quoted(room.temporary),
                  quoted(room.home), home_inside, quoted(room.submission), submission_inside);
  for (const auto& path : settings_.readable) line += fmt::format(" --ro-bind {0} {0}", quoted(path));
  return line + fmt::format(" --chdir {} --", quoted((submission_inside / folder).lexically_normal()));
}

/// $PATH without what cannot be seen inside.
std::string Sandbox::search_path() const {
  constexpr const char* usual = "/usr/local/bin:/usr/bin:/bin";
  const char* own = std::getenv("PATH");
  if (!own || !*own) return usual;
  if (!with_bubblewrap_) return own;
  std::vector<std::string> parts, seen;
  const std::string path = own;
  boost::algorithm::split(parts, path, [](char letter) { return letter == ':'; });
  const auto is_inside = [](const std::string& part, const fs::path& folder) {
    const auto below = fs::path(part).lexically_normal().lexically_relative(folder);
    return !below.empty() && *below.begin() != "..";
  };
  for (const auto& part : parts) {
    const auto holds = [&](const fs::path& folder) { return is_inside(part, folder); };
    if (std::any_of(std::begin(system_folders), std::end(system_folders), holds) ||
        std::any_of(settings_.readable.begin(), settings_.readable.end(), holds)) {
      seen.push_back(part);
    }
  }
  return seen.empty() ? usual : fmt::format("{}", fmt::join(seen, ":"));
}

bool Sandbox::changes_user() const {
  return ::geteuid() == 0 && settings_.user != 0;
}

boost::system::result<void, Trouble> Sandbox::hand_over(const fs::path& folder) const {
  if (!changes_user()) return {};
  const auto give = [&](const fs::path& path) {
    return ::lchown(path.c_str(), settings_.user, settings_.user) == 0;
  };
  const auto failed = [](const fs::path& path) {
    return Trouble{fmt::format("cannot give {} to another user: {}", path.string(), std::strerror(errno))};
  };
  if (!give(folder)) return failed(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!give(entry.path())) return failed(entry.path());
  }
  return {};
}

}  // namespace chatlab::grade
