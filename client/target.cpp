#include "client/target.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "client/descriptor.hpp"

extern char** environ;

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;
using Done = boost::system::result<void, Failure>;

constexpr auto poll_interval = 5ms;               // between two looks at a process or a port
constexpr auto polite_stop = 2000ms;              // between SIGTERM and SIGKILL
constexpr std::size_t output_shown_bytes = 2000;  // of a server that did not start

/// True where nobody listens on the port, on either loopback address.
bool can_bind(std::uint16_t port) {
  const Descriptor ipv4(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons(port);
  return ::bind(ipv4.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

/// Port 8081 and its like are chosen by people, ports above this range by the kernel for outgoing
/// connections: a free port from there could be taken again before the server binds it.
std::uint16_t first_ephemeral_port() {
  std::uint16_t first = 32768;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
  return first;
}

bool accepts(int family, std::uint16_t port) {
  const Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (family == AF_INET6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(port);
    return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// This process's environment with some variables set anew.
std::vector<std::string> environment_with(const std::vector<std::string>& settings) {
  std::vector<std::string> all = settings;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view name(*entry, std::strcspn(*entry, "="));
    const auto is_set = [&](const std::string& setting) {
      return setting.compare(0, name.size(), name) == 0 && setting[name.size()] == '=';
    };
    if (std::none_of(settings.begin(), settings.end(), is_set)) all.emplace_back(*entry);
  }
  return all;
}

std::string in_words(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("it was ended by signal {} ({})", WTERMSIG(wait_status),
                       ::strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("it exited with status {}", WEXITSTATUS(wait_status));
}

}  // namespace

/// A port that no other chatlab process of this machine gives to its server, for as long as this object
/// lives.
class LaunchedServer::PortReservation {
 public:
  static std::unique_ptr<PortReservation> make() {
    constexpr std::uint16_t lowest = 10000;
    std::mt19937 random(std::random_device{}());
    std::uniform_int_distribution<std::uint16_t> any(lowest,
                                                     static_cast<std::uint16_t>(first_ephemeral_port() - 1));
    constexpr int tries = 1000;
    for (int attempt = 0; attempt < tries; ++attempt) {
      auto reservation = std::make_unique<PortReservation>();
      reservation->number = any(random);
      if (reservation->lock() && can_bind(reservation->number)) return reservation;
    }
    return nullptr;
  }

  std::uint16_t number = 0;

 private:
  // A socket with a name in Linux's abstract namespace: one owner at a time, and gone with its owner.
  bool lock() {
    lock_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    const auto text = fmt::format("chatlab-port-{}", number);
    text.copy(name.sun_path + 1, sizeof name.sun_path - 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
    return ::bind(lock_.get(), reinterpret_cast<sockaddr*>(&name), size) == 0;
  }

  Descriptor lock_;
};

boost::system::result<std::unique_ptr<LaunchedServer>, Failure> LaunchedServer::start(Launch launch) {
  std::unique_ptr<LaunchedServer> server(new LaunchedServer);
  server->port_ = PortReservation::make();
  if (!server->port_) return Failure{"no free port was found for the server to launch"};
  const auto port = std::to_string(server->port_->number);
  const auto command = replace_all(launch.command, "{port}", port);
  server->url_ = {false, "127.0.0.1", server->port_->number, "/"};
  server->output_ = Descriptor(::memfd_create("output", MFD_CLOEXEC));

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, server->output_.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, server->output_.get(), STDERR_FILENO);
  if (!launch.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, launch.directory.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // its own group: all of it can be ended

  // PYTHONUNBUFFERED: what a Python server printed before it died is not lost in a buffer.
  auto variables = environment_with({"PORT=" + port, "WS_PORT=" + port, "PYTHONUNBUFFERED=1"});
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::string shell = "/bin/sh", option = "-c", script = command;
  char* arguments[] = {shell.data(), option.data(), script.data(), nullptr};
  const int failed =
      ::posix_spawn(&server->process_, shell.c_str(), &actions, &attributes, arguments, environment.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed) {
    server->process_ = -1;
    return Failure{fmt::format("cannot start '{}'{}: {}", command,
                               launch.directory.empty() ? "" : " in " + launch.directory,
                               ::strerror(failed))};
  }
  const auto ready = server->wait_until_it_accepts(launch);
  if (ready.has_error()) return ready.error();
  return server;
}

Done LaunchedServer::wait_until_it_accepts(const Launch& launch) {
  const auto deadline = std::chrono::steady_clock::now() + launch.startup;
  while (std::chrono::steady_clock::now() < deadline) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      ::kill(-process_, SIGKILL);  // whatever it left behind
      process_ = -1;
      return did_not_start(fmt::format("'{}' did not start: {}", launch.command, in_words(status)));
    }
    if (accepts(AF_INET, port_->number)) return {};
    if (accepts(AF_INET6, port_->number)) {
      url_.host = "::1";
      return {};
    }
    std::this_thread::sleep_for(poll_interval);
  }
  return did_not_start(
      fmt::format("'{}' runs, but nothing listened on port {} after {} s: does it use the environment "
                  "variable PORT or WS_PORT?",
                  launch.command, port_->number,
                  std::chrono::duration_cast<std::chrono::seconds>(launch.startup).count()));
}

Failure LaunchedServer::did_not_start(std::string_view how) const {
  const auto size_bytes = static_cast<std::size_t>(std::max<off_t>(0, ::lseek(output_.get(), 0, SEEK_END)));
  const auto shown_bytes = std::min(size_bytes, output_shown_bytes);
  std::string output(shown_bytes, '\0');
  const auto read_bytes =
      ::pread(output_.get(), output.data(), shown_bytes, static_cast<off_t>(size_bytes - shown_bytes));
  output.resize(static_cast<std::size_t>(std::max<ssize_t>(0, read_bytes)));
  if (output.empty()) return Failure{fmt::format("{}. It printed nothing.", how)};
  return Failure{fmt::format("{}. Its last output:\n{}", how, output)};
}

LaunchedServer::~LaunchedServer() {
  if (process_ < 0) return;
  ::kill(-process_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + polite_stop;
  while (::waitpid(process_, nullptr, WNOHANG) == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(poll_interval);
  }
  ::kill(-process_, SIGKILL);  // what the shell started may outlive the shell
  ::waitpid(process_, nullptr, 0);
}

}  // namespace chatlab::client
