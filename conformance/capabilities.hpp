// What can be seen of a server's broadcasts at all: found out once, before the checks, so that each check
// knows how to tell "it has arrived" and "nothing more will come" on this server.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "client/access.hpp"
#include "conformance/change.hpp"

namespace chatlab::conformance {

struct Capabilities {
  bool newcomer_hears_login = false;  ///< a login reaches the one who logs in
  bool others_hear_login = false;     ///< a login reaches those who are logged in already
  bool sender_hears_chat = false;     ///< a chat reaches its sender
  bool others_hear_chat = false;      ///< a chat reaches other logged-in clients
  std::string roster_field = {};      ///< by which strangers' rosters were known meanwhile

  /// Something that one client sends reaches another one (the need `relay`).
  bool relay() const { return others_hear_login || others_hear_chat; }
};

/// Opens two clients, logs them in, chats, and looks at who hears of it. On a server that does what it should
/// this takes milliseconds; what is not seen is waited for `timeout` and a half at the most. A failure: the
/// server cannot be reached.
asio::awaitable<boost::system::result<Capabilities, client::Failure>> find_capabilities(
    client::Access access, std::chrono::milliseconds timeout, std::string roster_field);

}  // namespace chatlab::conformance
