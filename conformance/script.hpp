// What a check does, step by step: the sentences of a suite file as types. Values only.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conformance/json.hpp"

namespace chatlab::conformance {

/// "alice connects"
struct Connect {
  std::string client;
};

/// "alice sends: {...}", "alice sends 20 times: {...}"
struct Send {
  std::string client;
  Json message;
  int times = 1;
};

/// "alice, bob receive: {...}": each of them, exactly one copy up to the next fence. "receive 20 times in
/// order": one copy of each, in this order.
struct Receive {
  std::vector<std::string> clients;
  std::vector<Json> patterns;
  int times = 1;
  bool copies_allowed =
      false;  ///< "alice, bob hear: {...}": at least one copy; more are another check's matter
};

/// "alice, bob never receive: {...}": no copy up to the next fence.
struct NeverReceive {
  std::vector<std::string> clients;
  Json pattern;
};

/// "carol closes": a close handshake, awaited.
struct Close {
  std::string client;
};

/// "carol vanishes": TCP is reset, no close frame.
struct Vanish {
  std::string client;
};

/// "fence: alice": alice sends a marker; whatever was caused before it has arrived where the marker arrives.
/// "fence: alice, bob": then bob sends one too.
struct Fence {
  std::vector<std::string> clients;
  std::vector<std::string> observers;  ///< filled in by the plan: those who had something to expect
};

struct Step;

/// "repeat: [...]": again and again until all that it expects has come, or time is up. For what a server may
/// need a moment to notice.
struct Repeat {
  std::vector<Step> steps;
};

struct Step {
  std::variant<Connect, Send, Receive, NeverReceive, Close, Vanish, Fence, Repeat> action;
  int line = 0;  ///< in the suite file
};

/// A sentence taken apart: "alice, bob receive 20 times in order".
struct Sentence {
  std::vector<std::string> clients;
  std::string verb;  ///< without the ending of the third person: "send", "never receive", "vanish"
  int times = 1;
  bool in_order = false;
};

/// "alice, bob" as names; empty where it is not a list of names.
std::vector<std::string> parse_clients(std::string_view text);

/// Reads the part of a step before its colon. An empty verb says that it is not a sentence of the language.
Sentence parse_sentence(std::string_view text);

/// The sentences that there are, for error messages.
std::string_view sentence_examples();

}  // namespace chatlab::conformance
