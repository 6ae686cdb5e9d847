// Many WebSocket clients in one thread on bare epoll, light enough not to be what is measured: once the size
// of a chat on the wire is known, what a client has received is counted by its bytes, and the kernel throws
// these away without copying them (MSG_TRUNC). It owns the sockets; it does not pace and does not judge.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace chatlab::bench {

using Clock = std::chrono::steady_clock;

class Crowd {
 public:
  /// Connects `count` clients to 127.0.0.1 and upgrades them. Throws std::runtime_error where that fails.
  Crowd(std::uint16_t port, std::size_t count);

  std::size_t size() const { return clients_.size(); }

  /// Logs everybody in at once and returns when all have the roster with everybody in it. `has_rosters`
  /// false: the server sends none; returns at once.
  Clock::duration log_in(bool has_rosters);

  /// Finds out the size of a chat on the wire. From here on everything that comes is counted.
  void begin_to_count();

  /// Queues one chat of `sender`; it leaves with the next flush().
  void say(std::size_t sender);
  void flush();

  /// Takes what has come, waiting for it for so long at the most. `received` is called for every client that
  /// got something, with the chats that it had and that it has.
  using Received = std::function<void(std::uint64_t had, std::uint64_t has)>;
  void receive(std::chrono::milliseconds patience, const Received& received);

  /// Clients whose connection has ended.
  std::size_t lost() const { return lost_; }

 private:
  struct Client {
    int socket = -1;
    bool is_counting = false;
    std::string unread;  // the beginning of a frame, while frames are looked at
    std::string unsent;
    std::uint64_t counted_bytes = 0;
    std::size_t message_bytes = 0;  // of the fragments so far
  };

  /// The last frame of a message.
  using Frame = std::function<void(Client&, std::string_view payload, std::size_t frame_bytes)>;
  void upgrade(Client& client, std::uint16_t port);
  void send(Client& client, std::string_view text);
  void look_at_frames(const Frame& frame, const std::function<bool()>& is_enough);
  void take_frames(Client& client, const Frame& frame);

  int epoll_;
  std::vector<Client> clients_;
  std::vector<char> buffer_;
  std::vector<std::size_t> speakers_;
  std::size_t chat_bytes_ = 0;
  std::size_t lost_ = 0;
};

}  // namespace chatlab::bench
