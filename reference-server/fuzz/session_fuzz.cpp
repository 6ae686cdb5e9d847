// Any bytes as what a client sends, from the first of its request on: HTTP, the upgrade, frames and messages,
// with a whole session behind a real socket.
#include <spdlog/sinks/null_sink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdlib>

#include "reference-server/session.hpp"

namespace {

using namespace chatlab::server;

constexpr std::string_view good_upgrade =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// All that leaves is whole frames or an HTTP answer; here it is only taken away.
void take_away(int socket) {
  std::array<char, 65536> bytes;
  while (recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  if (size_bytes == 0) return 0;
  // The first byte: how the bytes are cut, and whether a good upgrade goes before them.
  const std::size_t step_bytes = 1 + data[0] / 2;
  auto bytes = std::string(data[0] % 2 ? good_upgrade : "");
  bytes.append(reinterpret_cast<const char*>(data + 1), size_bytes - 1);

  static spdlog::logger log("not read", std::make_shared<spdlog::sinks::null_sink_st>());
  static asio::io_context io_context;
  const Settings settings;
  Metrics metrics;
  Order order(settings.username_limit_bytes, false, metrics);
  Feed& feed = order.add_feed([] {});
  Shared shared{settings, order, metrics, log};
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  tcp::socket socket(io_context);
  socket.assign(tcp::v4(), ends[0]);
  Session session(Transport(std::move(socket), nullptr), shared, feed);
  std::array<char, 4096> buffer;
  for (std::size_t at = 0; at < bytes.size() && !session.has_ended(); at += step_bytes) {
    if (send(ends[1], bytes.data() + at, std::min(step_bytes, bytes.size() - at), MSG_NOSIGNAL) < 0) break;
    session.read(buffer);
    order.collect(feed);
    session.write();
    take_away(ends[1]);
  }
  close(ends[1]);
  while (!session.has_ended()) {
    session.read(buffer);
    order.collect(feed);
    session.write();
  }
  if (metrics.connections != 0 || metrics.members != 0) std::abort();  // whoever has gone is forgotten
  return 0;
}
