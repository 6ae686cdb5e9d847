// Diagnoses: what a suite knows of the mistakes behind a failure. Each has conditions on what happened, and a
// sentence for the student. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/json.hpp"

namespace chatlab::conformance {

struct Finding;
struct Ownership;
struct Record;

/// All conditions that are given have to hold.
struct Diagnosis {
  /// Clients of the failed expectation, seen from the one who last sent something before it.
  enum class Who { anybody, sender, others, everybody };

  std::optional<Json> received = {};            ///< somebody who missed the message received this
  std::optional<Json> received_by_sender = {};  ///< the one who sent something last received this
  std::optional<Who> missed_by = {};            ///< just these missed it, and none because it was cut off
  std::optional<Who> copies_to = {};            ///< just these received more than one copy
  std::optional<std::string> ended = {};  ///< the server ended somebody's connection, and so it was told
  bool binary = false;                    ///< the message came, in a binary frame
  std::string say;                        ///< what the mistake most likely is
  int line = 0;                           ///< in the suite file
};

/// "sender", "others", "everybody", "anybody"; empty for anything else.
std::optional<Diagnosis::Who> parse_who(std::string_view text);

/// The sentence of the plan's first diagnosis whose conditions hold; empty where none does. `finding`: what
/// was not kept; null where a problem ended the script.
std::string diagnose(const Record& record, const Finding* finding, const Ownership& ownership);

}  // namespace chatlab::conformance
