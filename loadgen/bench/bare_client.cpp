// The least that a client can do with a fan-out: connect, log in, and count the frames that arrive, on epoll.
// It looks at no payload and keeps no times. What chatlab-loadgen spends on a delivery is held against it.
//
//   chatlab-bare-client PORT CLIENTS SENDERS RATE|cN SECONDS TEXT_BYTES
//
// RATE: broadcasts a second, open loop; cN: N broadcasts in flight for each sender, closed by the sender's
// own copy. Prints deliveries, CPU seconds and CPU microseconds per delivery.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "loadgen/clock.hpp"
#include "loadgen/frame.hpp"
#include "loadgen/handshake.hpp"
#include "loadgen/payload.hpp"

namespace {

using namespace chatlab::loadgen;
using namespace std::chrono_literals;

char buffer[256 * 1024];

struct Peer {
  int socket = -1;
  std::size_t skip_bytes = 0;  // of the frame that has begun
  std::string head;            // of a frame, where a read ended inside it
};

/// How many frames end in these bytes.
std::uint64_t count_frames(Peer& peer, std::string_view bytes) {
  std::uint64_t frames = 0;
  while (!bytes.empty()) {
    if (peer.skip_bytes > 0) {
      const auto skipped = std::min(peer.skip_bytes, bytes.size());
      peer.skip_bytes -= skipped;
      bytes.remove_prefix(skipped);
      frames += peer.skip_bytes == 0;
      continue;
    }
    if (peer.head.empty() && bytes.size() >= 10) {
      const std::size_t length = static_cast<unsigned char>(bytes[1]);
      if (length < 126) {
        peer.skip_bytes = 2 + length;
        continue;
      }
    }
    peer.head += bytes.front();
    bytes.remove_prefix(1);
    const auto [head, error] = read_head(peer.head);
    if (error) std::exit(3);
    if (!head) continue;
    peer.skip_bytes = head->payload_bytes;
    frames += peer.skip_bytes == 0;
    peer.head.clear();
  }
  return frames;
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::exit(5);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto request = upgrade_request({false, "127.0.0.1", port, "/"});
  if (::send(socket, request.data(), request.size(), 0) < 0 || ::recv(socket, buffer, sizeof buffer, 0) <= 0)
    std::exit(5);
  return socket;
}

void send_text(int socket, const std::string& text) {
  std::string frame;
  append_frame(frame, Opcode::text, text, 0x12345678);
  if (::send(socket, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size()))
    std::exit(4);
}

double cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const auto clients = static_cast<std::uint32_t>(std::atoi(argv[2])),
             senders = static_cast<std::uint32_t>(std::atoi(argv[3]));
  const bool closed = argv[4][0] == 'c';
  const double rate = std::atof(argv[4] + closed), length_s = std::atof(argv[5]);
  const Vocabulary words("barebare", static_cast<std::size_t>(std::atoi(argv[6])));
  ::prctl(PR_SET_TIMERSLACK, 1);
  const int epoll = ::epoll_create1(0);
  std::vector<Peer> peers(clients);
  for (std::uint32_t i = 0; i < clients; ++i) {
    peers[i].socket = connect_to(port);
    send_text(peers[i].socket, words.login(i));
    epoll_event event{EPOLLIN, {}};
    event.data.u32 = i;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, peers[i].socket, &event);
  }
  std::vector<std::string> chats;
  for (std::uint32_t i = 0; i < senders; ++i) chats.push_back(words.chat({i, 0}));

  std::uint64_t frames = 0, sent = 0;
  const auto turn = [&](Moment until) {
    epoll_event events[256];
    const auto left = std::max(until - now(), Moment(0));
    const timespec timeout{left / 1s, (left % 1s).count()};
    const int ready = ::epoll_pwait2(epoll, events, 256, &timeout, nullptr);
    for (int i = 0; i < ready; ++i) {
      auto& peer = peers[events[i].data.u32];
      const auto bytes = ::recv(peer.socket, buffer, sizeof buffer, MSG_DONTWAIT);
      if (bytes <= 0) std::exit(5);
      frames += count_frames(peer, {buffer, static_cast<std::size_t>(bytes)});
    }
  };
  for (auto quiet = now() + 500ms; now() < quiet;) turn(quiet);  // rosters

  frames = 0;
  const double cpu_before_s = cpu_s();
  const auto start = now(), end = start + Moment(static_cast<std::int64_t>(length_s * 1e9));
  const auto send_next = [&] {
    const auto sender = static_cast<std::uint32_t>(sent % senders);
    words.renumber(chats[sender], {sender, static_cast<std::uint32_t>(sent / senders)});
    send_text(peers[sender].socket, chats[sender]);
    ++sent;
  };
  while (now() < end) {
    if (closed) {
      while (static_cast<double>(sent) < rate * senders + static_cast<double>(frames / clients)) send_next();
      turn(end);
    } else {
      const auto due = start + Moment(static_cast<std::int64_t>(static_cast<double>(sent) * 1e9 / rate));
      if (now() >= due) send_next();
      turn(std::min(end, start + Moment(static_cast<std::int64_t>(static_cast<double>(sent) * 1e9 / rate))));
    }
  }
  const double used_s = cpu_s() - cpu_before_s;
  fmt::print("{} {:.3f} {:.3f}\n", frames, used_s,
             used_s * 1e6 / static_cast<double>(std::max<std::uint64_t>(1, frames)));
}
