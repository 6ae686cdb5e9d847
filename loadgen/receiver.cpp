#include "loadgen/receiver.hpp"

#include <fmt/format.h>

namespace chatlab::loadgen {

void Oddities::add(const Oddities& other) {
  corrupted += other.corrupted;
  strangers += other.strangers;
  rosters += other.rosters;
  binary += other.binary;
  slow_deliveries += other.slow_deliveries;
}

Receiver::Receiver(Control& control, std::uint32_t participants)
    : control_(control),
      ledger_(control.log, participants),
      reader_(control.words, control.settings.senders),
      closed_(control.settings.closed > 0) {}

struct Receiver::Sink {
  Receiver& receiver;
  Participant& participant;
  std::uint32_t local;
  Moment at;
  std::string& why;
  bool ended = false;

  bool message(std::string_view payload) {
    receiver.take_message(participant, local, payload, at);
    return true;
  }
  bool binary() {
    ++receiver.oddities_.binary;
    return true;
  }
  bool control(Opcode opcode, std::string_view payload) {
    if (opcode == Opcode::ping) ended = !participant.pong(payload);
    if (opcode == Opcode::close) {
      ended = true;
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
      why = payload.size() < 2 ? "it closed without a code"
                               : fmt::format("it closed with code {}", byte(0) << 8 | byte(1));
    }
    return !ended;
  }
};

bool Receiver::take(Participant& participant, std::uint32_t local, std::string_view bytes, Moment at,
                    std::string& why) {
  if (participant.stage() == Stage::upgrading) {
    if (!participant.take_answer(bytes, at)) {
      why = participant.why();
      return false;
    }
    if (participant.stage() == Stage::entering) ++control_.connected;
  }
  Sink sink{*this, participant, local, at, why};
  if (const char* error = participant.walker().feed(bytes, sink)) {
    why = fmt::format("it broke RFC 6455: {}", error);
    return false;
  }
  return !sink.ended;
}

void Receiver::take_message(Participant& participant, std::uint32_t local, std::string_view message,
                            Moment at) {
  ++messages_;
  Tag tag;
  switch (reader_.read(message, tag)) {
    case Heard::chat:
      if (participant.number() >= control_.settings.recipients()) {
        ++oddities_.slow_deliveries;
      } else if (ledger_.deliver(local, tag, at) == Copy::last && closed_ &&
                 control_.log.arrived(control_.log.index_of(tag))) {
        control_.completed[tag.sender].fetch_add(1, std::memory_order_acq_rel);
      }
      break;
    case Heard::corrupted:
      ++oddities_.corrupted;
      break;
    case Heard::roster:
      ++oddities_.rosters;
      take_roster(participant, local, message, at);
      break;
    case Heard::stranger:
      ++oddities_.strangers;
      break;
  }
}

void Receiver::take_roster(Participant& participant, std::uint32_t local, std::string_view roster,
                           Moment at) {
  if (participant.stage() == Stage::entering && lists(roster, control_.words.name(participant.number()))) {
    participant.confirm(at);
    if (participant.number() < control_.settings.recipients()) ledger_.join(local, at);
    ++control_.confirmed;
  }
  if (participant.saw_everyone) return;
  // A roster of everybody has at least everybody's names, in quotes and with commas between them: shorter
  // ones need no look.
  const auto clients = control_.settings.clients;
  const auto least_bytes = clients * (control_.words.name_prefix().size() + 5 + 3);
  if (roster.size() < least_bytes || names_of(control_.words, roster) < clients) return;
  participant.saw_everyone = true;
  participant.walker().shrink();
  ++control_.saw_everyone;
}

}  // namespace chatlab::loadgen
