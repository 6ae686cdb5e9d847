// The room: who is logged in, and what each message means for them. It owns the roster and decides who gets
// what; it knows no socket and no clock, and it never sends: its owner carries out what it returns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference-server/broadcast_log.hpp"
#include "reference-server/message.hpp"

namespace chatlab::server {

/// Tells clients apart, no more: the address of whatever their owner keeps for them.
using Member = const void*;

/// What follows from one message. Empty texts mean: nothing of the kind.
struct Outcome {
  std::string_view broadcast;  ///< for everybody in members(), as they are after the message; lives as long
                               ///< as the message and until the next one
  Broadcast kind = Broadcast::chat;
  std::string reply;  ///< for the sender alone
  std::string log;    ///< one line
};

class Room {
 public:
  explicit Room(std::size_t username_limit_bytes) : username_limit_bytes_(username_limit_bytes) {}

  /// Applies a message from `sender`, logged in or not.
  Outcome apply(Member sender, const Message& message);

  /// P2: lets clients in who are not in yet, at the end, in their order; the others change their names. All
  /// of them are announced at once.
  struct Joiner {
    Member member;
    std::string_view username;
  };
  Outcome join(std::span<const Joiner> joiners);

  /// P7: forgets clients, and announces that at once. Without effect where none of them is logged in.
  Outcome leave(std::span<const Member> leavers);
  Outcome leave(Member leaver) { return leave(std::span(&leaver, 1)); }

  /// Why the username of a login cannot be had; nothing: it can.
  std::optional<Malformed> objection(const Login& login) const;

  /// The logged-in clients in login order: the only ones who ever receive a broadcast (P10).
  std::span<const Member> members() const { return members_; }

 private:
  Outcome login(Member sender, const Login& login);
  Outcome disconnect(Member sender);
  bool forget(Member leaver);
  Outcome announce(Broadcast kind);

  std::size_t username_limit_bytes_;
  // Two columns of one table: members_[i] is logged in as names_[i], which stands there as JSON writes it.
  std::vector<Member> members_;
  std::vector<std::string> names_;
  std::string roster_;
};

}  // namespace chatlab::server
