// Looks out for a text in what a client receives: at each event once, however often it is asked.
#pragma once

#include <optional>
#include <string>

#include "conformance/actor.hpp"

namespace chatlab::conformance {

class Lookout {
 public:
  Lookout(const Actor& actor, std::string text) : actor_(actor), text_(std::move(text)) {}

  /// The position of the first event that holds the text; empty where none has come.
  std::optional<std::size_t> seen() {
    const auto& events = actor_.transcript().events;
    for (; !seen_ && next_ < events.size(); ++next_) {
      const auto& event = events[next_];
      if (event.kind == Event::Kind::received && event.text.find(text_) != std::string::npos) seen_ = next_;
    }
    return seen_;
  }

  /// True too where nothing more can come, or more than one can look at.
  bool is_over() { return seen() || !actor_.is_open() || actor_.is_flooded(); }

 private:
  const Actor& actor_;
  std::string text_;
  std::size_t next_ = 0;
  std::optional<std::size_t> seen_;
};

}  // namespace chatlab::conformance
