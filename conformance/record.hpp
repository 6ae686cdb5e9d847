// What happened when a check was run: everything that its verdict rests on, and nothing of the verdict
// itself. Values only.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/plan.hpp"
#include "conformance/transcript.hpp"

namespace chatlab::conformance {

/// The steps between two fences, and what each client received meanwhile. What a fence closed is complete: a
/// copy that is not in it was not sent.
struct Segment {
  /// What shows that nothing more came to a client.
  enum class Closing {
    nothing,            ///< the script ended before its fence
    marker,             ///< a marker that came after it: the event at `end`
    silence,            ///< nothing came for a while
    end_of_connection,  ///< of one that may end
  };
  struct Window {
    std::size_t begin = 0;  ///< index into the client's events
    std::size_t end = 0;    ///< one past the last
    Closing closing = Closing::nothing;
  };
  std::size_t first_step = 0;
  std::size_t end_step = 0;               ///< one past the last one that was carried out or tried
  std::map<std::string, Window> windows;  ///< by client
};

/// Why a script could not go on, other than by a message that did not come.
struct Problem {
  enum class Kind {
    cannot_connect,     ///< the server did not take a connection
    login_unconfirmed,  ///< a login had no effect that could be seen, though it has one on this server
    connection_lost,    ///< the server ended the connection of a client that the script needs
    marker_lost,        ///< a fence's marker did not reach a client, though chats do on this server
    flooded,            ///< the server sent a client more than any check can want
    no_pong,            ///< a ping was not answered
    close_unanswered,   ///< the server did not answer a close frame
    not_logged,         ///< the server did not print what it should have logged
    output_unseen,      ///< what the server prints cannot be seen
  };
  Kind kind = Kind::cannot_connect;
  std::string client;
  std::string details;  ///< how the connection ended, or which step was the last
};

struct Record {
  Plan plan;
  std::vector<Transcript> transcripts;
  std::vector<Segment> segments;
  std::optional<Problem> problem;
  std::string last_message;        ///< "alice sent {...}", before the goodbyes; empty where nobody sent any
  std::vector<std::string> notes;  ///< what the reader of the verdict should know, such as a quiet window
  std::chrono::milliseconds timeout{};
  std::chrono::milliseconds duration{};
};

}  // namespace chatlab::conformance
