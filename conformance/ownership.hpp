// Which frames and names are this check's own, on a server that strangers may share. Pure.
#pragma once

#include <string>
#include <string_view>

#include "conformance/transcript.hpp"

namespace chatlab::conformance {

struct Ownership {
  std::string tag;                     ///< in every name and nonce of the check
  bool exclusive = false;              ///< nobody else uses the server: every frame and every name counts
  std::string roster_field = "users";  ///< in which broadcasts carry the roster, in this edition
};

/// What the roster's field holds, whatever that is; null where the message has no such field.
const Json* roster_in(const Event& received, const Ownership& ownership);

/// True for a fence's marker. A roster that names a throw-away login is none: it may be the check's own.
bool is_marker(const Event& received, const Ownership& ownership);

/// False for a marker, and for a broadcast that says nothing of this check's clients: a stranger caused it.
/// What is not a broadcast (an error answer, something that is not JSON) came for the client that received
/// it.
bool is_ours(const Event& received, const Ownership& ownership);

/// False for a stranger's name, and for a fence's throw-away login.
bool is_our_name(const std::string& name, const Ownership& ownership);

}  // namespace chatlab::conformance
