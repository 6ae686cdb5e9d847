// What a check does, step by step: the sentences of a suite file as types. Values only.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/connection.hpp"
#include "conformance/json.hpp"

namespace chatlab::conformance {

/// "alice connects"
struct Connect {
  std::string client;
};

/// "alice sends: {...}", "alice, bob send 20 times: {...}" (in turn), "alice sends in fragments: {...}".
/// "alice sends text: ..." and "alice sends binary: ..." send a text as it is, whether or not it is JSON.
struct Send {
  std::vector<std::string> clients;  ///< in a plan: one
  Json message;
  int times = 1;
  client::Form form = client::Form::text;
  bool is_raw = false;             ///< the text as it is
  bool may_be_impossible = false;  ///< set by the plan: the client has left, and may have been shown the door

  const std::string& client() const { return clients.front(); }

  /// What goes over the wire.
  std::string payload() const { return is_raw ? message.get<std::string>() : to_text(message); }
};

/// "alice pings": and waits for the pong.
struct Ping {
  std::string client;
};

/// "alice, bob receive: {...}": each of them, exactly one copy up to the next fence. "receive 20 times in
/// order": one copy of each, in this order.
struct Receive {
  std::vector<std::string> clients;
  std::vector<Json> patterns;
  int times = 1;
  bool copies_allowed =
      false;  ///< "alice, bob hear: {...}": at least one copy; more are another check's matter
  bool text_frames_only = false;  ///< "alice, bob receive in a text frame: {...}"
};

/// "alice, bob never receive: {...}": no copy up to the next fence.
struct NeverReceive {
  std::vector<std::string> clients;
  Json pattern;
};

/// "carol closes": a close handshake, awaited. "carol closes and is answered": the server has to answer it.
struct Close {
  std::string client;
  bool wants_answer = false;
};

/// "bob stops reading": what is sent to him fills the buffers between.
struct StopReading {
  std::string client;
};

/// "server logs: TEXT", "server logs: [TEXT, TEXT]": all of them since the check began, on its standard
/// output or error, in whatever case. Only where this program has started it.
struct ServerLogs {
  std::vector<std::string> texts;
};

/// "carol vanishes": TCP is reset, no close frame.
struct Vanish {
  std::string client;
};

/// "fence: alice": alice sends a marker; whatever was caused before it has arrived where the marker arrives.
/// "fence: alice, bob": then bob sends one too.
struct Fence {
  std::vector<std::string> clients;
  std::vector<std::string> observers;         ///< filled in by the plan: those who had something to expect
  std::vector<std::string> may_be_gone = {};  ///< by the plan: those of them who have left before
};

struct Step;

/// "repeat: [...]": again and again until all that it expects has come, or time is up. For what a server may
/// need a moment to notice.
struct Repeat {
  std::vector<Step> steps;
};

struct Step {
  std::variant<Connect, Send, Ping, Receive, NeverReceive, Close, Vanish, StopReading, ServerLogs, Fence,
               Repeat>
      action;
  int line = 0;  ///< in the suite file
};

/// A sentence taken apart: "alice, bob receive 20 times in order".
struct Sentence {
  std::vector<std::string> clients;
  std::string verb;  ///< without the ending of the third person: "send", "never receive", "vanish"
  int times = 1;
  bool in_order = false;
  std::string manner;  ///< "text", "binary", "in fragments", "in a text frame", or empty
};

/// "alice, bob" as names; empty where it is not a list of names.
std::vector<std::string> parse_clients(std::string_view text);

/// Reads the part of a step before its colon. An empty verb says that it is not a sentence of the language.
Sentence parse_sentence(std::string_view text);

/// The sentences that there are, for error messages.
std::string_view sentence_examples();

}  // namespace chatlab::conformance
