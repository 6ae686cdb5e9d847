#include "loadgen/reflector.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <csignal>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/descriptor.hpp"

namespace chatlab::loadgen {
namespace {

constexpr int backlog = 4096;
constexpr int events_per_turn = 256;
constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t outbox_limit_bytes = 8 << 20;  // who reads slower is dropped

/// An unmasked text frame.
void append_text(std::string& bytes, std::string_view payload) {
  bytes += '\x81';
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else {
    const int width = payload.size() <= 0xffff ? 2 : 8;
    bytes += static_cast<char>(width == 2 ? 126 : 127);
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
      bytes += static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift & 0xff);
  }
  bytes += payload;
}

std::string upgrade_answer(std::string_view request) {
  constexpr std::string_view label = "Sec-WebSocket-Key: ";
  const auto at = request.find(label);
  std::string key(at == std::string_view::npos ? "" : request.substr(at + label.size(), 24));
  key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  ::SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  char accept[32];
  ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(accept), digest, sizeof digest);
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n\r\n",
      accept);
}

class Reflector {
 public:
  explicit Reflector(std::uint32_t clients) : clients_(clients), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  bool listen(std::uint16_t port) {
    listener_ = client::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
    if (::listen(listener_.get(), backlog) != 0) return false;
    watch(listener_.get(), EPOLL_CTL_ADD, EPOLLIN);
    return true;
  }

  [[noreturn]] void serve() {
    std::vector<epoll_event> events(events_per_turn);
    while (true) {
      const int ready = ::epoll_wait(epoll_.get(), events.data(), events_per_turn, -1);
      for (int i = 0; i < ready; ++i) {
        const int socket = events[static_cast<std::size_t>(i)].data.fd;
        if (socket == listener_.get()) {
          accept_all();
        } else {
          if (events[static_cast<std::size_t>(i)].events & EPOLLOUT) flush(socket);
          read(socket);
        }
      }
      fan_out();
    }
  }

 private:
  struct Peer {
    client::Descriptor socket;
    std::string in, out;
    bool upgraded = false, logged_in = false;
  };

  void watch(int socket, int operation, std::uint32_t what) {
    epoll_event event{what, {}};
    event.data.fd = socket;
    ::epoll_ctl(epoll_.get(), operation, socket, &event);
  }

  void accept_all() {
    while (true) {
      client::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (socket.get() < 0) return;
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const int number = socket.get();
      watch(number, EPOLL_CTL_ADD, EPOLLIN);
      peers_[number].socket = std::move(socket);
    }
  }

  void read(int socket) {
    const auto found = peers_.find(socket);
    if (found == peers_.end()) return;
    auto& peer = found->second;
    const auto bytes = ::recv(socket, buffer_, sizeof buffer_, MSG_DONTWAIT);
    if (bytes < 0 && errno == EAGAIN) return;
    if (bytes <= 0) return drop(socket);
    peer.in.append(buffer_, static_cast<std::size_t>(bytes));
    if (!peer.upgraded) {
      const auto end = peer.in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      send(socket, peer, upgrade_answer(peer.in));
      peer.in.erase(0, end + 4);
      peer.upgraded = true;
    }
    if (!take_frames(socket, peer)) drop(socket);
  }

  /// False when the peer closes, or says what it may not.
  bool take_frames(int socket, Peer& peer) {
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(peer.in[at + i]); };
    while (peer.in.size() - at >= 6) {
      std::size_t length = byte(1) & 0x7f, head = 2;
      if (length >= 126) {
        head = length == 126 ? 4 : 10;
        if (peer.in.size() - at < head) break;
        length = 0;
        for (std::size_t i = 2; i < head; ++i) length = length << 8 | byte(i);
      }
      if (!(byte(1) & 0x80) || length > outbox_limit_bytes) return false;
      if (peer.in.size() - at < head + 4 + length) break;
      const char* key = peer.in.data() + at + head;
      payload_.assign(peer.in, at + head + 4, length);
      for (std::size_t i = 0; i < length; ++i) payload_[i] ^= key[i % 4];
      const int opcode = byte(0) & 0x0f;
      at += head + 4 + length;
      if (opcode == 8) return false;
      if (opcode == 1) take_message(socket, peer);
    }
    peer.in.erase(0, at);
    return true;
  }

  void take_message(int socket, Peer& peer) {
    if (payload_.find("\"chat\"") != std::string::npos) {
      append_text(turn_, payload_);
    } else if (payload_.find("\"login\"") != std::string::npos) {
      constexpr std::string_view label = "\"username\":\"";
      const auto at = payload_.find(label) + label.size();
      log_in(socket, peer, payload_.substr(at, payload_.find('"', at) - at));
    } else {
      peer.logged_in = false;
    }
  }

  void log_in(int socket, Peer& peer, std::string name) {
    peer.logged_in = true;
    std::string frame;
    append_text(frame, fmt::format(R"({{"type":"login","users":["{}"]}})", name));
    send(socket, peer, frame);
    names_.push_back(std::move(name));
    if (names_.size() == clients_) append_text(turn_, full_roster());
  }

  std::string full_roster() const {
    std::string roster = R"({"type":"login","users":[)";
    for (const auto& name : names_) roster += fmt::format("\"{}\",", name);
    roster.back() = ']';
    return roster + '}';
  }

  /// All that came in this turn of the loop, to everybody, in one write each.
  void fan_out() {
    if (turn_.empty()) return;
    slow_.clear();
    for (auto& [socket, peer] : peers_) {
      if (!peer.logged_in) continue;
      send(socket, peer, turn_);
      if (peer.out.size() > outbox_limit_bytes) slow_.push_back(socket);
    }
    for (const int socket : slow_) drop(socket);
    turn_.clear();
  }

  void send(int socket, Peer& peer, std::string_view bytes) {
    if (peer.out.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
      if (bytes.empty()) return;
      watch(socket, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    peer.out += bytes;
  }

  void flush(int socket) {
    const auto found = peers_.find(socket);
    if (found == peers_.end()) return;
    auto& out = found->second.out;
    const auto sent = ::send(socket, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    out.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (!out.empty()) return;
    out = std::string();
    watch(socket, EPOLL_CTL_MOD, EPOLLIN);
  }

  void drop(int socket) { peers_.erase(socket); }

  const std::uint32_t clients_;
  client::Descriptor epoll_, listener_;
  std::unordered_map<int, Peer> peers_;
  std::vector<std::string> names_;
  std::vector<int> slow_;
  std::string payload_;
  std::string turn_;  // frames for everybody
  char buffer_[read_bytes];
};

}  // namespace

int serve_as_reflector(std::uint16_t port, std::uint32_t clients) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // it has no other purpose than the process that started it
  const auto reflector = std::make_unique<Reflector>(clients);
  if (!reflector->listen(port)) {
    fmt::print(stderr, "chatlab-loadgen: the reflector cannot listen on port {}: {}\n", port,
               std::strerror(errno));
    return 1;
  }
  reflector->serve();
}

}  // namespace chatlab::loadgen
