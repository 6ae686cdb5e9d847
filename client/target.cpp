#include "client/target.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;
using Done = boost::system::result<void, Failure>;

constexpr auto try_interval = 5ms;  // between two tries of the port

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

std::string listed_variables(const Launch& launch) {
  std::string names = "PORT";
  for (const auto& name : launch.port_variables) names += ", " + name;
  return names + " and WS_PORT";
}

}  // namespace

boost::system::result<std::unique_ptr<LaunchedServer>, Failure> LaunchedServer::start(Launch launch) {
  std::unique_ptr<LaunchedServer> server(new LaunchedServer(std::move(launch)));
  server->port_ = PortReservation::make();
  if (!server->port_) return Failure{"no free port was found for the server to launch"};
  const auto started = server->start_process();
  if (started.has_error()) return started.error();
  return server;
}

Done LaunchedServer::restart() {
  process_.reset();
  return start_process();
}

Done LaunchedServer::start_process() {
  const auto port = std::to_string(port_->number());
  url_ = {false, "127.0.0.1", port_->number(), "/"};
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
  const auto deadline = std::chrono::steady_clock::now() + launch_.startup;
  while (std::chrono::steady_clock::now() < deadline) {
    if (const auto ending = process_->ending()) {
      return did_not_start(fmt::format("'{}' did not start: {}", launch_.command, *ending));
    }
    if (accepts(AF_INET, port_->number())) return {};
    if (accepts(AF_INET6, port_->number())) {
      url_.host = "::1";
      return {};
    }
    std::this_thread::sleep_for(try_interval);
  }
  return did_not_start(
      fmt::format("'{}' runs, but after {:g} s nothing listened on port {}, which it finds in the "
                  "environment variables {}",
                  launch_.command, std::chrono::duration<double>(launch_.startup).count(), port_->number(),
                  listed_variables(launch_)));
}

Failure LaunchedServer::did_not_start(std::string_view how) const {
  const auto printed = output(0);
  if (printed.empty()) return Failure{fmt::format("{}. It printed nothing.", how)};
  return Failure{fmt::format("{}. Its last output:\n{}", how, printed)};
}

}  // namespace chatlab::client
