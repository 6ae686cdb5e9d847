// The clients of one check, together: owns them, addresses them by name, and lets none of them outlive its
// reading coroutine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conformance/actor.hpp"

namespace chatlab::conformance {

class Crew {
 public:
  /// What the server has not taken within `patience` ends the connection of the client that sent it.
  Crew(const asio::any_io_executor& executor, std::string tag, Clock::duration patience);

  /// Adds a client that will log in as its tagged name.
  Actor& add(const std::string& client);
  Actor& get(const std::string& client);

  /// To its node, where the server has several.
  asio::awaitable<boost::system::result<void, client::Failure>> connect(std::string client,
                                                                        client::Access access,
                                                                        Clock::time_point deadline);

  /// Sends a login under the client's own name.
  asio::awaitable<void> log_in(std::string client);

  /// Sends a chat that carries a fresh marker, and returns the marker.
  asio::awaitable<std::string> send_marker(std::string client);

  template <class Condition>
  asio::awaitable<bool> wait_until(Condition condition, Clock::time_point deadline) {
    return change_.wait_until(std::move(condition), deadline);
  }

  /// Logs everybody out, closes, and waits until no client reads any more. Must have ended before
  /// destruction.
  asio::awaitable<void> disband();

  /// A name that no other client of this crew has had, for a marker.
  std::string next_marker() { return fence_name(++markers_); }

  /// Gives away what all clients saw; only after disband().
  std::vector<Transcript> take_transcripts();

  /// "alice sent {...}": the message that was sent last; empty where none was.
  std::string last_message() const;

 private:
  std::string fence_name(int number) const;

  std::string tag_;
  Clock::duration patience_;
  Change change_;
  PayloadReader reader_;
  Clock::time_point began_ = Clock::now();
  std::vector<std::unique_ptr<Actor>> actors_;
  int markers_ = 0;
};

}  // namespace chatlab::conformance
