// A WebSocket client with a codec of its own, so that nothing is judged by the library that it was written
// with. It says what the test tells it to, right or wrong, and answers nothing by itself.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reference-server/frame.hpp"
#include "reference-server/tests/tcp_line.hpp"

namespace chatlab::server::test {

/// One frame as it came from the server.
struct ReceivedFrame {
  Opcode opcode{};
  bool is_final = false;
  std::string payload;
};

/// A frame as clients send it (RFC 6455, section 5.2): masked.
std::string client_frame(Opcode opcode, std::string_view payload, bool is_final = true);

/// The roster message of P2 and P3.
nlohmann::json roster(std::string_view type, const std::vector<std::string>& users);

/// Messages of the protocol, as text.
std::string login(std::string_view username);
std::string chat(std::string_view text);

class ChatClient {
 public:
  /// Connects and upgrades.
  explicit ChatClient(const tcp::endpoint& server, int receive_buffer_bytes = 0);

  /// Upgrades a connection on which HTTP was spoken before.
  explicit ChatClient(TcpLine line);

  /// Sends one text message.
  void send(std::string_view text) { line_.write(client_frame(Opcode::text, text)); }

  /// Sends a close frame with code 1000.
  void send_close() { line_.write(client_frame(Opcode::close, "\x03\xE8")); }

  /// The next text message. Pings before it are answered; any other frame, or the end, is thrown as an error.
  std::string receive();
  nlohmann::json receive_json() { return nlohmann::json::parse(receive()); }

  /// The next frame, which must be a close frame: its code.
  int receive_close();

  ReceivedFrame receive_frame();

  TcpLine& line() { return line_; }

 private:
  void upgrade();
  ReceivedFrame receive_but_pings();

  TcpLine line_;
};

}  // namespace chatlab::server::test
