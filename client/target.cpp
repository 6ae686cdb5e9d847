#include "client/target.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;
using Done = boost::system::result<void, Failure>;

constexpr auto poll_interval = 5ms;               // between two tries of the port
constexpr std::size_t output_shown_bytes = 2000;  // of a server that did not start

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

}  // namespace

boost::system::result<std::unique_ptr<LaunchedServer>, Failure> LaunchedServer::start(Launch launch) {
  std::unique_ptr<LaunchedServer> server(new LaunchedServer);
  server->port_ = PortReservation::make();
  if (!server->port_) return Failure{"no free port was found for the server to launch"};
  const auto port = std::to_string(server->port_->number());
  server->url_ = {false, "127.0.0.1", server->port_->number(), "/"};
  // PYTHONUNBUFFERED: what a Python server printed before it died is not lost in a buffer.
  auto process = Process::start(replace_all(launch.command, "{port}", port), launch.directory,
                                {"PORT=" + port, "WS_PORT=" + port, "PYTHONUNBUFFERED=1"});
  if (process.has_error()) return process.error();
  server->process_ = std::move(*process);
  const auto ready = server->wait_until_it_accepts(launch);
  if (ready.has_error()) return ready.error();
  return server;
}

Done LaunchedServer::wait_until_it_accepts(const Launch& launch) {
  const auto deadline = std::chrono::steady_clock::now() + launch.startup;
  while (std::chrono::steady_clock::now() < deadline) {
    if (const auto ending = process_->ending()) {
      return did_not_start(fmt::format("'{}' did not start: {}", launch.command, *ending));
    }
    if (accepts(AF_INET, port_->number())) return {};
    if (accepts(AF_INET6, port_->number())) {
      url_.host = "::1";
      return {};
    }
    std::this_thread::sleep_for(poll_interval);
  }
  return did_not_start(
      fmt::format("'{}' runs, but after {:g} s nothing listened on port {}, which it finds in the "
                  "environment variables PORT and WS_PORT",
                  launch.command, std::chrono::duration<double>(launch.startup).count(), port_->number()));
}

Failure LaunchedServer::did_not_start(std::string_view how) const {
  const auto output = process_->last_output(output_shown_bytes);
  if (output.empty()) return Failure{fmt::format("{}. It printed nothing.", how)};
  return Failure{fmt::format("{}. Its last output:\n{}", how, output)};
}

}  // namespace chatlab::client
