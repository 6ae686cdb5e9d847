#include "client/target.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;
using Done = boost::system::result<void, Failure>;

constexpr auto try_interval = 5ms;    // between two tries of the port
constexpr auto port_release = 10s;    // by who has been killed; only a busy kernel takes long
constexpr auto longest_excuse = 60s;  // of a server that a busy machine lets not run

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

/// All ports on which somebody listens in this process's network.
std::set<std::uint16_t> listening_ports() {
  constexpr auto listening = "0A";  // the kernel's number for it
  std::set<std::uint16_t> ports;
  for (const char* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // the names of the columns
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::string number, address, other, state;
      words >> number >> address >> other >> state;
      const auto colon = address.rfind(':');
      std::uint16_t port = 0;
      if (state != listening || colon == std::string::npos) continue;
      std::from_chars(address.data() + colon + 1, address.data() + address.size(), port, 16);
      ports.insert(port);
    }
  }
  return ports;
}

std::string listed_variables(const Launch& launch) {
  std::string names = "PORT";
  for (const auto& name : launch.port_variables) names += ", " + name;
  return names + " and WS_PORT";
}

}  // namespace

LaunchedServer::LaunchedServer(Launch launch) : launch_(std::move(launch)) {
  if (launch_.title.empty()) launch_.title = launch_.command;
}

boost::system::result<std::unique_ptr<LaunchedServer>, Failure> LaunchedServer::start(Launch launch) {
  std::unique_ptr<LaunchedServer> server(new LaunchedServer(std::move(launch)));
  if (server->launch_.port) {
    server->port_ = *server->launch_.port;
  } else {
    server->reservation_ = PortReservation::make();
    if (!server->reservation_) return Failure{"no free port was found for the server to launch"};
    server->port_ = server->reservation_->number();
  }
  const auto started = server->start_process();
  if (started.has_error()) return started.error();
  return server;
}

Done LaunchedServer::restart() {
  process_.reset();
  // A process that ends lets go of its memory, and then of its port: whoever connects meanwhile meets the old
  // one.
  const auto give_up = std::chrono::steady_clock::now() + port_release;
  while (accepts(AF_INET, port_) || accepts(AF_INET6, port_)) {
    if (std::chrono::steady_clock::now() >= give_up)
      return Failure{
          fmt::format("somebody still listens on port {}, which it had before it was ended", port_)};
    std::this_thread::sleep_for(try_interval);
  }
  return start_process();
}

Done LaunchedServer::start_process() {
  const auto port = std::to_string(port_);
  url_ = {false, "127.0.0.1", port_, "/"};
  // PYTHONUNBUFFERED: what a Python server printed before it died is not lost in a buffer.
  std::vector<std::string> variables = {"PORT=" + port, "WS_PORT=" + port, "PYTHONUNBUFFERED=1"};
  for (const auto& name : launch_.port_variables) variables.push_back(name + "=" + port);
  auto process = Process::start(replace_all(launch_.command, "{port}", port), launch_.directory, variables,
                                launch_.limits);
  if (process.has_error()) return process.error();
  process_ = std::move(*process);
  return wait_until_it_accepts();
}

Done LaunchedServer::wait_until_it_accepts() {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Clock::duration excuse{0};
  const auto is_in_time = [&] {
    if (Clock::now() < begin + launch_.startup + excuse) return true;
    excuse = std::min<Clock::duration>(process_->kept_waiting(), longest_excuse);
    return Clock::now() < begin + launch_.startup + excuse;
  };
  while (is_in_time()) {
    if (const auto ending = process_->ending()) {
      return did_not_start(fmt::format("'{}' did not start: {}", launch_.title, *ending));
    }
    if (accepts(AF_INET, port_)) return {};
    if (accepts(AF_INET6, port_)) {
      url_.host = "::1";
      return {};
    }
    std::this_thread::sleep_for(try_interval);
  }
  return did_not_start(
      fmt::format("'{}' runs, but after {:g} s nothing listened on port {}, which it finds in the "
                  "environment variables {}{}",
                  launch_.title, std::chrono::duration<double>(launch_.startup).count(), port_,
                  listed_variables(launch_), listens_elsewhere()));
}

/// Where nobody else can listen, whoever does is the server.
std::string LaunchedServer::listens_elsewhere() const {
  if (!launch_.port) return "";
  const auto ports = listening_ports();
  if (ports.empty()) return "; it listens on no port at all";
  return fmt::format("; it listens on port {} instead", fmt::join(ports, ", "));
}

Failure LaunchedServer::did_not_start(std::string_view how) const {
  const auto printed = output(0);
  if (printed.empty()) return Failure{fmt::format("{}. It printed nothing.", how)};
  return Failure{fmt::format("{}. Its last output:\n{}", how, printed)};
}

}  // namespace chatlab::client
