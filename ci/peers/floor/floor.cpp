// The floor: what a broadcast costs where nothing else is done. Bare epoll, no JSON, no roster: every text
// message goes as it came to everybody who is connected. It is for measuring only: it keeps no rule but P4,
// has no bounds, and drops whoever does not read.
//
//   floor --port N                  all that can be read is read, and then each client gets one send
//   floor --port N --per-delivery   each message is sent to each client as soon as it is read
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t read_bytes = 64 * 1024;

struct Client {
  int socket;
  std::string unread;
  bool is_upgraded = false;
  std::size_t sent = 0;  // of the turn's bytes, where the kernel took only a part
};

class Floor {
 public:
  Floor(std::uint16_t port, bool per_delivery) : per_delivery_(per_delivery) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int yes = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {}};
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) || listen(listener_, 4096)) {
      std::perror("floor: listen");
      std::exit(2);
    }
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("listening on ws://127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(listener_, nullptr);
  }

  void run() {
    std::array<epoll_event, 1024> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        if (auto* client = static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr)) {
          read(*client);
        } else {
          accept_all();
        }
      }
      flush();
    }
  }

 private:
  void watch(int socket, Client* client) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = client;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }

  void accept_all() {
    for (;;) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (socket < 0) return;
      const int yes = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      clients_.push_back(std::make_unique<Client>(Client{socket, {}, false, 0}));
      watch(socket, clients_.back().get());
    }
  }

  void read(Client& client) {
    const auto count = recv(client.socket, buffer_.data(), buffer_.size(), 0);
    if (count <= 0) return leave(client);
    client.unread.append(buffer_.data(), static_cast<std::size_t>(count));
    if (!client.is_upgraded) {
      const auto end = client.unread.find("\r\n\r\n");
      if (end == std::string::npos) return;
      upgrade(client);
      client.unread.erase(0, end + 4);
    }
    std::size_t at = 0;
    while (const auto size = take_frame(client.unread.data() + at, client.unread.size() - at)) at += size;
    client.unread.erase(0, at);
  }

  void leave(Client& client) {
    close(client.socket);
    std::erase_if(clients_, [&](const auto& other) { return other.get() == &client; });
  }

  void upgrade(Client& client) {
    constexpr std::string_view field = "Sec-WebSocket-Key: ";
    const auto key = client.unread.substr(client.unread.find(field) + field.size(), 24);
    const auto text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    std::array<unsigned char, 32> encoded;
    EVP_EncodeBlock(encoded.data(), digest.data(), 20);
    const auto answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Accept: " +
        std::string(reinterpret_cast<char*>(encoded.data())) + "\r\n\r\n";
    client.is_upgraded = send(client.socket, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  /// Bytes of the frame that was broadcast; 0: none is whole.
  std::size_t take_frame(const char* bytes, std::size_t size) {
    if (size < 6) return 0;
    std::size_t length = bytes[1] & 0x7F, head = 2;
    if (length == 126) {
      length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[2]) << 8 |
                                        static_cast<unsigned char>(bytes[3]));
      head = 4;
    }
    if (size < head + 4 + length) return 0;
    const char* mask = bytes + head;
    const char* payload = mask + 4;
    turn_.push_back(bytes[0]);
    turn_.push_back(bytes[1] & 0x7F);
    turn_.append(bytes + 2, head - 2);
    for (std::size_t i = 0; i < length; ++i) turn_.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    if (per_delivery_) flush();
    return head + 4 + length;
  }

  void flush() {
    if (turn_.empty()) return;
    for (std::size_t left = clients_.size(); left > 0;) {  // again for those whose kernel was full
      left = 0;
      for (auto& client : clients_) {
        if (!client->is_upgraded || client->sent == turn_.size()) continue;
        const auto sent =
            send(client->socket, turn_.data() + client->sent, turn_.size() - client->sent, MSG_NOSIGNAL);
        client->sent = sent < 0 && errno != EAGAIN
                           ? turn_.size()
                           : client->sent + static_cast<std::size_t>(sent > 0 ? sent : 0);
        left += client->sent < turn_.size();
      }
    }
    for (auto& client : clients_) client->sent = 0;
    turn_.clear();
  }

  bool per_delivery_;
  int epoll_ = epoll_create1(0);
  int listener_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<char> buffer_ = std::vector<char>(read_bytes);
  std::string turn_;
};

}  // namespace

int main(int argc, char** argv) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  std::uint16_t port = 0;
  bool per_delivery = false;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--per-delivery")) per_delivery = true;
    if (!std::strcmp(argv[i], "--port") && i + 1 < argc)
      port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
  }
  Floor(port, per_delivery).run();
}
