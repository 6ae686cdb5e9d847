#include "ci/benchmarks/crowd.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace chatlab::bench {
namespace {

constexpr std::size_t buffer_bytes = 1 << 20;
constexpr std::chrono::seconds setup_patience{120};

/// 128 bytes of JSON, with room for a mark.
std::string chat(std::string_view mark) {
  auto text = fmt::format(R"({{"type":"chat","text":"{:x<77}","username":"u00000"}})", mark);
  return text;
}

/// As short as all of so many clients' names can be, and all of one length: of 1,000 clients two characters,
/// so that 1,000 logins are answered with 1.67 GB of rosters.
std::string name_of(std::size_t client, std::size_t count) {
  constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string name;
  for (std::size_t names = 1; names < count; names *= letters.size(), client /= letters.size()) {
    name.insert(name.begin(), letters[client % letters.size()]);
  }
  return name;
}

/// Masked, as it must be, with a mask that changes nothing.
std::string client_frame(std::string_view text) {
  std::string bytes = "\x81";
  if (text.size() < 126) {
    bytes.push_back(static_cast<char>(0x80 | text.size()));
  } else {
    bytes.push_back(static_cast<char>(0x80 | 126));
    bytes.push_back(static_cast<char>(text.size() >> 8));
    bytes.push_back(static_cast<char>(text.size() & 0xFF));
  }
  bytes.append(4, '\0');
  return bytes.append(text);
}

/// Bytes of the frame's head and payload; 0 where the head has not come whole.
std::pair<std::size_t, std::uint64_t> measure(std::string_view bytes) {
  if (bytes.size() < 2) return {0, 0};
  const std::size_t length = static_cast<unsigned char>(bytes[1]) & 0x7F;
  const std::size_t width = length == 127 ? 8 : length == 126 ? 2 : 0;
  if (bytes.size() < 2 + width) return {0, 0};
  std::uint64_t payload = width ? 0 : length;
  for (std::size_t i = 0; i < width; ++i) payload = payload << 8 | static_cast<unsigned char>(bytes[2 + i]);
  return {2 + width, payload};
}

}  // namespace

Crowd::Crowd(std::uint16_t port, std::size_t count)
    : epoll_(epoll_create1(0)), clients_(count), buffer_(buffer_bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (auto& client : clients_) upgrade(client, port);
}

void Crowd::upgrade(Client& client, std::uint16_t port) {
  client.socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address{AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {}};
  if (connect(client.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address)) {
    throw std::runtime_error(fmt::format("cannot connect: {}", std::strerror(errno)));
  }
  const int yes = 1;
  setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const auto request = fmt::format(
      "GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      port);
  ::send(client.socket, request.data(), request.size(), MSG_NOSIGNAL);
  std::string answer;
  while (answer.find("\r\n\r\n") == answer.npos) {
    const auto size = recv(client.socket, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) throw std::runtime_error("the connection ended instead of being upgraded");
    answer.append(buffer_.data(), static_cast<std::size_t>(size));
  }
  if (answer.find(" 101 ") == answer.npos) throw std::runtime_error("no upgrade but: " + answer);
  client.unread = answer.substr(answer.find("\r\n\r\n") + 4);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &client;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event);
}

void Crowd::send(Client& client, std::string_view text) {
  client.unsent += client_frame(text);
  const auto sent =
      ::send(client.socket, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) client.unsent.erase(0, static_cast<std::size_t>(sent));
}

Clock::duration Crowd::log_in(bool has_rosters) {
  const auto login = [&](std::size_t i) {
    send(clients_[i], fmt::format(R"({{"type":"login","username":"{}"}})", name_of(i, clients_.size())));
  };
  if (!has_rosters) return {};
  // The first two show how this server writes a roster, and so how long the last one will be.
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < 2; ++i) {
    login(i);
    look_at_frames(
        [&](Client& client, std::string_view, std::size_t) { first.push_back(client.message_bytes); },
        [&] { return first.size() == i + 1 + i; });
  }
  const auto full_bytes = first[0] + (first[1] - first[0]) * (clients_.size() - 1);
  const auto began = Clock::now();
  for (std::size_t i = 2; i < clients_.size(); ++i) login(i);
  std::size_t complete = 0;
  look_at_frames(
      [&](Client& client, std::string_view, std::size_t) { complete += client.message_bytes == full_bytes; },
      [&] { return complete == clients_.size(); });
  return Clock::now() - began;
}

void Crowd::begin_to_count() {
  send(clients_.front(), chat("@sync"));
  std::size_t ready = 0;
  look_at_frames(
      [&](Client& client, std::string_view payload, std::size_t frame_bytes) {
        if (payload.find("@sync") == payload.npos) return;
        chat_bytes_ = frame_bytes;
        client.is_counting = true;
        ++ready;
      },
      [&] { return ready == clients_.size(); });
}

void Crowd::say(std::size_t sender) {
  static const auto frame = client_frame(chat(""));
  if (clients_[sender].unsent.empty()) speakers_.push_back(sender);
  clients_[sender].unsent += frame;
}

void Crowd::flush() {
  for (auto& speaker : speakers_) {
    auto& unsent = clients_[speaker].unsent;
    const auto sent =
        ::send(clients_[speaker].socket, unsent.data(), unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) unsent.erase(0, static_cast<std::size_t>(sent));
  }
  std::erase_if(speakers_, [&](std::size_t speaker) { return clients_[speaker].unsent.empty(); });
}

void Crowd::receive(std::chrono::milliseconds patience, const Received& received) {
  std::array<epoll_event, 1024> events;
  const int count = epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(patience.count()));
  for (int i = 0; i < count; ++i) {
    auto& client = *static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr);
    const auto size = recv(client.socket, nullptr, 16 << 20, MSG_TRUNC | MSG_DONTWAIT);
    if (size <= 0) {
      epoll_ctl(epoll_, EPOLL_CTL_DEL, client.socket, nullptr);
      ++lost_;
      continue;
    }
    const auto had = client.counted_bytes / chat_bytes_;
    client.counted_bytes += static_cast<std::uint64_t>(size);
    received(had, client.counted_bytes / chat_bytes_);
  }
}

void Crowd::look_at_frames(const Frame& frame, const std::function<bool()>& is_enough) {
  std::array<epoll_event, 1024> events;
  const auto deadline = Clock::now() + setup_patience;
  while (!is_enough()) {
    if (Clock::now() > deadline) throw std::runtime_error("the server does not answer as it should");
    const int count = epoll_wait(epoll_, events.data(), events.size(), 100);
    for (int i = 0; i < count; ++i) {
      take_frames(*static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr), frame);
    }
  }
}

void Crowd::take_frames(Client& client, const Frame& frame) {
  // Whole frames are looked at where they were received: only the beginning of one is ever copied.
  const std::size_t kept = client.unread.size();
  if (buffer_.size() < kept + buffer_bytes) buffer_.resize(kept + buffer_bytes);
  std::copy(client.unread.begin(), client.unread.end(), buffer_.begin());
  const auto size = recv(client.socket, buffer_.data() + kept, buffer_bytes, MSG_DONTWAIT);
  if (size <= 0) throw std::runtime_error("the server has ended a connection");
  std::string_view rest(buffer_.data(), kept + static_cast<std::size_t>(size));
  while (!client.is_counting) {
    const auto [head, payload] = measure(rest);
    if (head == 0 || rest.size() < head + payload) break;
    if ((rest[0] & 0x0F) <= 1) client.message_bytes += payload;  // Beast fragments what is long
    if ((rest[0] & 0x80) && (rest[0] & 0x0F) <= 1) {
      frame(client, rest.substr(head, payload), head + payload);
      client.message_bytes = 0;
    }
    rest.remove_prefix(head + payload);
  }
  client.unread = rest;
  if (client.is_counting) client.counted_bytes = client.unread.size();
}

}  // namespace chatlab::bench
