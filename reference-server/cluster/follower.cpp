#include "reference-server/cluster/follower.hpp"

#include <utility>

#include "reference-server/limits.hpp"

namespace chatlab::server::cluster {

Follower::Follower(nats::Connection& connection, std::string stream, std::string subject,
                   std::function<void()> arrived)
    : connection_(connection),
      stream_(std::move(stream)),
      subject_(std::move(subject)),
      arrived_(std::move(arrived)) {}

std::optional<nats::Error> Follower::begin() {
  events_.reset();
  ++subscription_;  // what has come and was not taken belongs to a state that is given up
  place_ = 0;
  const auto made =
      connection_.make_stream({stream_, subject_, static_cast<std::int64_t>(limits::stream_bytes)});
  if (made.has_error()) return made.error();
  created_ = made->created;
  return std::nullopt;
}

std::optional<nats::Error> Follower::follow_from(Sequence place) {
  place_ = place;
  // What is there, and what the subscription before still brings, comes again or is another stream's.
  mailbox_->pop_all();
  auto events = connection_.follow(subject_, place + 1,
                                   [arrived = arrived_, mailbox = mailbox_, subscription = ++subscription_](
                                       std::uint64_t at, std::string_view text) {
                                     if (mailbox->push(subscription, at, text)) arrived();
                                   });
  if (events.has_error()) return events.error();
  events_ = std::move(*events);
  return std::nullopt;
}

std::optional<Follower::Gap> Follower::take(const Apply& apply) {
  for (const auto& [subscription, place, text] : mailbox_->pop_all()) {
    if (subscription != subscription_ || place <= place_) continue;  // it comes again, or has come
    if (place != place_ + 1) return Gap{place_ + 1, place - 1};
    place_ = place;
    apply(place, text);
  }
  return std::nullopt;
}

std::optional<Follower::Look> Follower::look() {
  const auto state = connection_.stream_state(stream_);
  if (state.has_value())
    return Look{state->created == created_ && state->last >= place_, state->first, state->last};
  if (state.error().is_missing) return Look{false, 0, 0};
  return std::nullopt;
}

}  // namespace chatlab::server::cluster
