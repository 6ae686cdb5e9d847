// Takes what the participants of one thread receive: frames walked in place, chats booked in the ledger,
// rosters looked through while somebody waits for one. It reads no socket: bytes and their moment come in.
#pragma once

#include "loadgen/control.hpp"
#include "loadgen/ledger.hpp"
#include "loadgen/participant.hpp"

namespace chatlab::loadgen {

/// What else arrived.
struct Oddities {
  std::uint64_t corrupted = 0;
  std::uint64_t strangers = 0;
  std::uint64_t rosters = 0;
  std::uint64_t binary = 0;
  std::uint64_t slow_deliveries = 0;  ///< chats that reached slow clients
  void add(const Oddities& other);
};

class Receiver {
 public:
  /// `participants`: of this thread; `control` outlives the receiver.
  Receiver(Control& control, std::uint32_t participants);

  /// `local` is the participant's number in this thread. False: its line has come to an end, or must; `why`
  /// says how.
  bool take(Participant& participant, std::uint32_t local, std::string_view bytes, Moment at,
            std::string& why);

  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }
  const Oddities& oddities() const { return oddities_; }
  std::uint64_t parsed() const { return reader_.parsed(); }
  std::uint64_t messages() const { return messages_; }

 private:
  struct Sink;
  void take_message(Participant& participant, std::uint32_t local, std::string_view message, Moment at);
  void take_roster(Participant& participant, std::uint32_t local, std::string_view roster, Moment at);

  Control& control_;
  Ledger ledger_;
  Reader reader_;
  Oddities oddities_;
  std::uint64_t messages_ = 0;
  const bool closed_;
};

}  // namespace chatlab::loadgen
