// The worker's lines: how one is opened, read, left and lost.
#include <fmt/format.h>
#include <sys/epoll.h>

#include "loadgen/clock.hpp"
#include "loadgen/worker.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr int reads_per_turn = 4;  // of one socket, so that none starves the others
constexpr auto goodbye = 1s;       // for the server to answer a close

}  // namespace

void Worker::tell_epoll(Participant& participant, int operation) {
  epoll_event event{};
  const bool reads = phase_ < Phase::sending || phase_ == Phase::leaving || !is_slow(participant);
  const bool writes = participant.stage() == Stage::connecting || participant.has_unsent();
  event.events = (reads ? std::uint32_t{EPOLLIN} : 0) | (writes ? std::uint32_t{EPOLLOUT} : 0);
  event.data.u32 = local_of(participant);
  participant.wants_writable = writes;
  ::epoll_ctl(epoll_.get(), operation, participant.line().socket(), &event);
}

void Worker::open(std::uint32_t local, Moment at) {
  auto& participant = participants_[local];
  if (!participant.open(at)) return broken(local, participant.why());
  tell_epoll(participant, EPOLL_CTL_ADD);
}

void Worker::ready(std::uint32_t local, std::uint32_t events) {
  auto& participant = participants_[local];
  switch (participant.stage()) {
    case Stage::outside:
    case Stage::gone:
      return;
    case Stage::connecting:
    case Stage::securing:
      if (!participant.go_on(now())) return broken(local, participant.why());
      break;
    default:
      if (events & EPOLLOUT) dispatcher_.resume(participant);
      if (events & ~std::uint32_t{EPOLLOUT}) read(local);
  }
  if (participant.line().is_open() && participant.has_unsent() != participant.wants_writable)
    tell_epoll(participant, EPOLL_CTL_MOD);
}

void Worker::read(std::uint32_t local) {
  auto& participant = participants_[local];
  for (int reads = 0; reads < reads_per_turn || participant.line().is_secure(); ++reads) {
    const auto [step, bytes] = participant.line().read(buffer_);
    const auto at = now();
    if (at >= dispatcher_.next_due()) dispatcher_.act(at);
    if (step == Step::again || participant.stage() == Stage::gone) return;
    if (step != Step::done) {
      return broken(local,
                    step == Step::ended ? "it ended the connection without a close" : participant.why());
    }
    received_bytes_ += bytes;
    std::string why;
    if (!receiver_.take(participant, local, {buffer_.data(), bytes}, at, why)) return broken(local, why);
    if (bytes < buffer_.size() && !participant.line().is_secure()) return;
  }
}

void Worker::read_slow_ones() {
  if (control_.settings.slow_bytes_per_s <= 0) return;
  const auto share = static_cast<std::size_t>(control_.settings.slow_bytes_per_s / 10);  // ten times a second
  for (std::uint32_t local = 0; local < participants_.size(); ++local) {
    auto& participant = participants_[local];
    if (!is_slow(participant) || participant.stage() != Stage::inside) continue;
    const auto [step, bytes] =
        participant.line().read(std::span(buffer_).first(std::clamp(share, std::size_t{1}, buffer_.size())));
    std::string why = "it ended the connection";
    if (step == Step::again) continue;
    if (step != Step::done || !receiver_.take(participant, local, {buffer_.data(), bytes}, now(), why))
      broken(local, why);
  }
}

void Worker::leave(std::uint32_t local, Moment at) {
  auto& participant = participants_[local];
  if (!participant.leave()) return left(local, at);
  leavers_.push_back({local, at + goodbye});
  tell_epoll(participant, EPOLL_CTL_MOD);
}

void Worker::left(std::uint32_t local, Moment at) {
  auto& participant = participants_[local];
  participant.close();
  participant.end(Stage::outside);
  if (phase_ == Phase::leaving) {
    ++control_.left;
  } else if (phase_ == Phase::sending) {
    open(local, at);  // it comes back
  }
}

void Worker::broken(std::uint32_t local, const std::string& why) {
  auto& participant = participants_[local];
  if (participant.stage() == Stage::leaving) return left(local, now());
  if (participant.stage() == Stage::gone) return;
  const std::string reason = why;  // may be the participant's own
  participant.close();
  participant.end(Stage::gone);
  if (phase_ == Phase::gathering) {
    control_.fail(
        fmt::format("client {} of {}: {}", participant.number() + 1, control_.settings.clients, reason));
  }
  if (is_slow(participant)) {
    ++control_.slow_ended;
  } else {
    ++control_.ended;
    control_.note_end(reason);
  }
}

}  // namespace chatlab::loadgen
