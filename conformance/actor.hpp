// One scripted client: a connection and the transcript of all that goes through it. It reads all the time,
// whether or not anybody waits. It judges nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <utility>

#include "client/connection.hpp"
#include "conformance/change.hpp"
#include "conformance/payload_reader.hpp"
#include "conformance/transcript.hpp"

namespace chatlab::conformance {

class Actor {
 public:
  /// What a server may send to one client during one check; past it the client stops reading. A lab's server
  /// sends a few dozen frames, a busy room of strangers a few thousand.
  static constexpr std::size_t most_events = 20'000;
  static constexpr std::size_t most_bytes = 64 << 20;

  /// `username` is what it logs in as. `change`, `reader` and `began` are the check's. What the server has
  /// not taken within `patience` ends the connection.
  Actor(std::string client, std::string username, Change& change, PayloadReader& reader,
        Clock::time_point began, Clock::duration patience);
  Actor(const Actor&) = delete;

  asio::awaitable<boost::system::result<void, client::Failure>> connect(client::Access access,
                                                                        Clock::time_point deadline);
  asio::awaitable<void> send(std::string text, client::Form form = client::Form::text);
  asio::awaitable<void> send(const Json& message) { return send(to_text(message), client::Form::text); }

  /// True where the pong came by the deadline.
  asio::awaitable<bool> ping(std::string payload, Clock::time_point deadline);

  /// Takes at most one more message from the socket.
  void stop_reading();

  /// Logs out and closes.
  asio::awaitable<void> say_goodbye();

  /// Close handshake, bounded; nothing where there is no connection. The reader ends soon after.
  asio::awaitable<void> close();

  /// True where the server answered that with a close frame; known once the reader has ended.
  bool was_answered() const { return close_answered_; }

  /// Resets TCP.
  void vanish();

  /// True while the reading coroutine runs: the actor must not be destroyed before it has ended.
  bool is_reading() const { return reading_; }
  bool is_open() const { return connection_ && !ended_; }

  /// True where the server sent more than a check can want.
  bool is_flooded() const { return flooded_; }

  /// True where a frame received at `from` or later holds the text.
  bool has_received(std::string_view text, std::size_t from = 0) const;

  const std::string& username() const { return username_; }
  const Transcript& transcript() const { return transcript_; }

  /// Gives it away, the client's name with it; only where nothing is read any more.
  Transcript take_transcript() { return std::move(transcript_); }

 private:
  asio::awaitable<void> read();
  void record(Event::Kind kind, std::string text, bool is_text = true);

  std::string username_;
  Change& change_;
  PayloadReader& reader_;
  Clock::time_point began_;
  Clock::duration patience_;
  Transcript transcript_;
  std::unique_ptr<client::Connection> connection_;
  std::size_t received_bytes_ = 0;
  bool reading_ = false;
  bool ended_ = false;      // by either side
  bool we_closed_ = false;  // what ends now is our doing
  std::string farewell_;    // how: "closed" or "reset"
  bool close_answered_ = false;
  bool flooded_ = false;
  bool wants_no_more_ = false;
};

}  // namespace chatlab::conformance
