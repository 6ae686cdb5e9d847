// What nodes tell each other through the one sequence, and how it is written: a head "login berlin 7" and, in
// the next line, a body that is kept byte by byte. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatlab::server::cluster {

struct Event {
  enum class Kind {
    login,       ///< of a client; body: its username
    disconnect,  ///< a client says that it leaves
    leave,       ///< a client's socket has gone
    chat,        ///< body: the message as it came
    hello,  ///< a node begins to listen; number: its process's; body: where it wants the room's state sent
    part,   ///< a node says who is logged in there; number: its process's; body: see Replica
    gone,   ///< a node is given up; number: the place of its last part in the sequence
    fresh,  ///< nobody was there to tell of the room: it is empty, and every node says its part
  };
  Kind kind;
  std::string_view node;     ///< whose it is; of `gone`: who is given up
  std::uint64_t number = 0;  ///< the client's, unique at its node, where nothing else is said
  std::string_view body = {};
};

std::string encode(const Event& event);

/// Refers to `text`. Nothing: it is no event.
std::optional<Event> parse_event(std::string_view text);

/// Whether a node or a room may be called so: 1 to 64 letters, digits, '-' and '_'.
bool is_cluster_name(std::string_view name);

}  // namespace chatlab::server::cluster
