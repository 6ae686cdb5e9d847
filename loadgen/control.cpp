#include "loadgen/control.hpp"

#include <algorithm>

namespace chatlab::loadgen {
namespace {

/// Broadcasts of a closed loop that is bounded by time only: ten minutes of 26,000 a second, 32 bytes each
/// once they have been sent. Then it stops sending.
constexpr std::size_t closed_room = 16'000'000;

}  // namespace

std::size_t room_for_sends(const Settings& settings) {
  const auto whole_rounds = [&](std::size_t sends) {
    return (sends + settings.senders - 1) / settings.senders * settings.senders;
  };
  if (settings.closed == 0) return whole_rounds(Schedule(settings.load()).size());
  if (settings.closed_broadcasts) return whole_rounds(settings.closed_broadcasts);
  return whole_rounds(closed_room);
}

Control::Control(const Settings& settings_in, const Addresses& nodes_in, const std::string& run)
    : settings(settings_in),
      nodes(nodes_in),
      words(run, settings_in.text_bytes),
      schedule(settings_in.closed ? Schedule() : Schedule(settings_in.load())),
      log(settings_in.senders, room_for_sends(settings_in)),
      tls(settings_in.url.secure ? TlsContext::make() : nullptr),
      completed(settings_in.closed ? settings_in.senders : 0) {}

void Control::fail(std::string text) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(text);
}

std::optional<std::string> Control::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Control::note_end(std::string why) {
  const std::lock_guard lock(mutex_);
  if (first_end_.empty()) first_end_ = std::move(why);
}

std::string Control::first_end() {
  const std::lock_guard lock(mutex_);
  return first_end_;
}

}  // namespace chatlab::loadgen
