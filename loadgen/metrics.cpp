#include "loadgen/metrics.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace chatlab::loadgen {
namespace {

constexpr int backlog = 8;
constexpr int patience_ms = 1000;            // for a request to come, once somebody has connected
constexpr std::size_t request_bytes = 4096;  // more of a request is not looked at

}  // namespace

std::string metrics_text(const Progress& progress) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help, double value) {
    text += fmt::format(
        "# HELP chatlab_loadgen_{0} {1}\n# TYPE chatlab_loadgen_{0} {2}\nchatlab_loadgen_{0} {3}\n", name,
        help, type, value);
  };
  const auto under_way = progress.expected > progress.delivered ? progress.expected - progress.delivered : 0;
  add("clients", "gauge", "Chat clients of the run.", progress.clients);
  add("clients_logged_in", "gauge", "Of them, those whose login was confirmed.", progress.inside);
  add("phase", "gauge", "0 logging in, 1 warming up, 2 measuring, 3 draining.",
      static_cast<double>(progress.doing));
  add("phase_left_seconds", "gauge", "Time that is left of it.", in_seconds(progress.left));
  add("broadcasts_total", "counter", "Broadcasts that were written, warm-up included.",
      static_cast<double>(progress.written));
  add("deliveries_total", "counter", "Deliveries, warm-up included.",
      static_cast<double>(progress.delivered));
  add("backlog", "gauge", "Deliveries that are under way.", static_cast<double>(under_way));
  if (progress.p50_us >= 0)
    add("delivery_p50_seconds", "gauge", "Median delivery time so far.",
        static_cast<double>(progress.p50_us) / 1e6);
  if (progress.p99_us >= 0)
    add("delivery_p99_seconds", "gauge", "p99 of delivery times so far.",
        static_cast<double>(progress.p99_us) / 1e6);
  return text;
}

boost::system::result<std::unique_ptr<MetricsServer>, client::Failure> MetricsServer::start(
    std::uint16_t port) {
  std::unique_ptr<MetricsServer> server(new MetricsServer);
  server->listener_ = client::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  server->stop_ = client::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const int on = 1, listener = server->listener_.get();
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, backlog) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return client::Failure{
        fmt::format("--prometheus-port {}: {}; is another program there?", port, std::strerror(errno))};
  }
  server->port_ = ntohs(address.sin_port);
  server->publish(metrics_text({}));
  server->thread_ = std::thread([raw = server.get()] { raw->serve(); });
  return server;
}

MetricsServer::~MetricsServer() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto bytes = ::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

void MetricsServer::publish(std::string text) {
  const std::lock_guard lock(mutex_);
  text_ = std::move(text);
}

void MetricsServer::serve() {
  while (true) {
    pollfd watched[] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0 && errno != EINTR) return;
    if (watched[1].revents) return;
    const client::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.get() >= 0) answer(socket.get());
  }
}

void MetricsServer::answer(int socket) {
  // One asker at a time, and none holds up the end of the run.
  pollfd watched[] = {{socket, POLLIN, 0}, {stop_.get(), POLLIN, 0}};
  if (::poll(watched, 2, patience_ms) <= 0 || !watched[0].revents) return;
  char request[request_bytes];
  const auto size = ::recv(socket, request, sizeof request, MSG_DONTWAIT);
  const std::string_view asked(request, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const bool is_known = asked.starts_with("GET /metrics ") || asked.starts_with("GET / ");
  std::string body = "only GET /metrics\n";
  if (is_known) {
    const std::lock_guard lock(mutex_);
    body = text_;
  }
  const auto answer = fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: "
      "close\r\n\r\n{}",
      is_known ? "200 OK" : "404 Not Found", body.size(), body);
  [[maybe_unused]] const auto sent =
      ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace chatlab::loadgen
