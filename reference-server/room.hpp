// The room: who is logged in, and what each message means for them. It owns the roster and decides who gets
// what; it knows no socket and no clock, and it never sends: its owner carries out what it returns.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reference-server/frame.hpp"
#include "reference-server/message.hpp"

namespace chatlab::server {

/// The place where frames for one client go in. To the room it is an identity, no more.
class Recipient {
 public:
  virtual void push(const Frame& frame) = 0;

 protected:
  ~Recipient() = default;  // owned elsewhere; never destroyed through this interface
};

/// What follows from one message. Empty fields mean: nothing of the kind.
struct Outcome {
  Frame broadcast;  ///< for everybody in recipients(), as they are after the message
  Frame reply;      ///< for the sender alone
  std::string log;  ///< one line
};

class Room {
 public:
  /// Applies a message from `sender`, logged in or not. Calls come one after another, and each call's
  /// broadcast is queued for all its recipients before the next call: that is P11's one order.
  Outcome apply(Recipient& sender, const Message& message);

  /// P7: forgets a client whose socket has gone. Without effect for one who is not logged in.
  Outcome leave(Recipient& leaver);

  /// The logged-in clients in login order: the only ones who ever receive a broadcast (P10).
  std::span<Recipient* const> recipients() const { return members_; }

 private:
  Outcome login(Recipient& sender, const Login& login);
  Outcome disconnect(Recipient& sender);
  bool forget(Recipient& leaver);
  Frame roster(const char* type) const;

  // Two columns of one table: members_[i] is logged in as names_[i].
  std::vector<Recipient*> members_;
  std::vector<std::string> names_;
};

}  // namespace chatlab::server
