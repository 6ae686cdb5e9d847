// What a client says: JSON text read into one of the protocol's messages. Pure: no socket, no clock, no room.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace chatlab::server {

/// P2: the sender wants to be known by this name. Never empty.
struct Login {
  std::string username;
};

/// P3: the sender leaves. Whatever else the object says is not needed.
struct Disconnect {};

/// P4: to be relayed as it came. `text` is the whole object in the sender's own bytes; it lives as long as
/// the text that was parsed.
struct Chat {
  std::string_view text;
};

/// P5: a JSON object of no type that the protocol knows. `type` is for the log: its value, or what stands in
/// its place.
struct Unrecognized {
  std::string type;
};

/// P6 and P9: not something that can be acted on. Both texts go back to the sender.
struct Malformed {
  std::string error;
  std::string details;
};

using Message = std::variant<Login, Disconnect, Chat, Unrecognized, Malformed>;

/// Reads one message. Never throws on bad input: what cannot be understood is `Malformed`. Of a key that
/// stands twice in the object the last one counts, as in Python and JavaScript.
Message parse_message(std::string_view text);

}  // namespace chatlab::server
