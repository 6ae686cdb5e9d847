#include "loadgen/worker.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#include <algorithm>
#include <fstream>

#include "loadgen/clock.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t read_bytes = 256 * 1024;  // more than a socket buffer's default
constexpr int events_per_turn = 256;
constexpr auto house_interval = 100ms;
constexpr auto live_interval = 1s;
constexpr std::uint32_t sampled_sockets = 64;  // for unread bytes, each time
constexpr std::uint32_t wakeup_mark = 0xffffffff;

}  // namespace

Worker::Worker(Control& control, std::uint32_t lane)
    : control_(control),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      receiver_(control,
                (control.settings.clients + control.settings.lanes() - 1 - lane) / control.settings.lanes()),
      dispatcher_(control,
                  [this](Participant& participant, bool is_broken) {
                    if (is_broken) {
                      broken(local_of(participant), participant.why());
                    } else {
                      tell_epoll(participant, EPOLL_CTL_MOD);
                    }
                  }),
      buffer_(read_bytes) {
  for (std::uint32_t client = lane; client < control.settings.clients; client += control.settings.lanes())
    participants_.emplace_back(control, client);
  for (auto& participant : participants_) {
    if (dispatcher_.is_sender(participant)) dispatcher_.add_sender(participant);
  }
  epoll_event event{EPOLLIN, {}};
  event.data.u32 = wakeup_mark;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakeup_.get(), &event);
}

void Worker::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wakeup_.get(), &one, sizeof one);  // full: it is awake
}

std::uint32_t Worker::local_of(const Participant& participant) const {
  return participant.number() / control_.settings.lanes();
}

bool Worker::is_slow(const Participant& participant) const {
  return participant.number() >= control_.settings.recipients();
}

void Worker::run() {
  ::prctl(PR_SET_TIMERSLACK, 1);  // a send's moment is not to be rounded up by the kernel's 50 us
  begun_ = now();
  next_connect_ = begun_;
  while (true) {
    const auto phase = control_.phase.load();
    if (phase == Phase::over) return;
    if (phase != phase_) adopt(phase);
    auto until = std::min({next_house_, next_connect_, next_churn_, dispatcher_.next_due()});
    if (phase_ == Phase::sending && !watch_.is_running()) until = std::min(until, control_.measure_begin());
    wait(until);
  }
}

void Worker::wait(Moment until) {
  epoll_event events[events_per_turn];
  const auto length = std::max(until - now(), Moment(0));
  const timespec timeout{length / 1s, (length % 1s).count()};
  const int ready_count = ::epoll_pwait2(epoll_.get(), events, events_per_turn, &timeout, nullptr);
  const auto woken = now();
  act(woken);
  for (int i = 0; i < ready_count; ++i) {
    if (events[i].data.u32 != wakeup_mark) {
      ready(events[i].data.u32, events[i].events);
    } else {
      std::uint64_t wakes = 0;
      [[maybe_unused]] const auto bytes = ::read(wakeup_.get(), &wakes, sizeof wakes);
    }
  }
  const auto delivered = receiver_.ledger().first_copies();
  if (delivered != delivered_told_) {
    control_.delivered.fetch_add(delivered - delivered_told_, std::memory_order_relaxed);
    delivered_told_ = delivered;
  }
  if (control_.settings.closed && phase_ == Phase::sending) dispatcher_.take_completed(now());
  watch_.turn(now() - woken);
}

void Worker::adopt(Phase phase) {
  phase_ = phase;
  if (phase == Phase::sending) {
    receiver_.ledger().measure(control_.measure_begin(), control_.measure_end(),
                               control_.settings.series_step());
    if (control_.settings.cross_host) receiver_.ledger().keep_far_arrivals();
    dispatcher_.start();
    if (control_.settings.churn_per_s > 0) next_churn_ = control_.start();
    next_live_ = control_.measure_begin();
    note_receive_buffer();
    for (auto& participant : participants_) {
      if (is_slow(participant)) tell_epoll(participant, EPOLL_CTL_MOD);
    }
  }
  if (phase == Phase::draining || phase == Phase::leaving) {
    watch_.end(now());
    // What was due before the end is sent, however late this thread hears of the end.
    if (phase == Phase::draining && now() >= dispatcher_.next_due()) dispatcher_.act(now());
    dispatcher_.stop();
    next_churn_ = Moment::max();
    if (phase == Phase::draining) ++control_.stopped;
  }
  if (phase == Phase::leaving) {
    next_connect_ = Moment::max();
    for (std::uint32_t local = 0; local < participants_.size(); ++local) {
      auto& participant = participants_[local];
      if (participant.stage() == Stage::leaving) continue;
      if (participant.stage() == Stage::inside && !is_slow(participant)) {
        leave(local, now());
      } else {
        left(local, now());
      }
    }
  }
}

void Worker::act(Moment at) {
  if (at >= dispatcher_.next_due()) dispatcher_.act(at);
  if (at >= next_connect_) connect_due(at);
  if (at >= next_churn_) churn_due(at);
  if (phase_ == Phase::sending && !watch_.is_running() && at >= control_.measure_begin() &&
      at < control_.measure_end())
    watch_.begin(at);
  if (at >= next_house_) keep_house(at);
}

void Worker::connect_due(Moment at) {
  const double pace_per_s = control_.settings.login_rate_per_s;
  while (opened_ < participants_.size()) {
    const auto number = participants_[opened_].number();
    next_connect_ = begun_ + Moment(static_cast<std::int64_t>(1e9 * number / pace_per_s));
    if (next_connect_ > at) return;
    open(opened_++, at);
  }
  next_connect_ = Moment::max();
}

void Worker::churn_due(Moment at) {
  const double pace_per_s = control_.settings.churn_per_s / control_.settings.lanes();
  next_churn_ += Moment(static_cast<std::int64_t>(1e9 / pace_per_s));
  for (std::size_t tried = 0; tried < participants_.size(); ++tried) {
    const auto local = next_churner_++ % static_cast<std::uint32_t>(participants_.size());
    auto& participant = participants_[local];
    if (dispatcher_.is_sender(participant) || is_slow(participant)) continue;
    if (participant.stage() != Stage::inside) continue;
    receiver_.ledger().leave(local);
    ++churned_;
    leave(local, at);
    return;
  }
}

void Worker::keep_house(Moment at) {
  next_house_ = at + house_interval;
  while (!leavers_.empty() && leavers_.front().deadline <= at) {
    const auto local = leavers_.front().local;
    leavers_.pop_front();
    if (participants_[local].stage() == Stage::leaving) left(local, at);
  }
  if (control_.settings.closed && phase_ == Phase::sending) dispatcher_.give_up_lost(at);
  control_.received_bytes.fetch_add(std::exchange(received_bytes_, 0), std::memory_order_relaxed);
  if (phase_ != Phase::sending) return;
  read_slow_ones();
  sample_unread();
  if (at < next_live_) return;
  next_live_ = at + live_interval;
  const auto times = receiver_.ledger().times().delivery_so_far();
  const auto microseconds = [](std::optional<Microseconds> time) { return time ? time->count() : -1; };
  live_p50_us = microseconds(times.percentile(50));
  live_p99_us = microseconds(times.percentile(99));
}

void Worker::sample_unread() {
  std::size_t bytes = 0;
  const auto size = static_cast<std::uint32_t>(participants_.size());
  const auto sampled = std::min(size, sampled_sockets);
  for (std::uint32_t i = 0; i < sampled; ++i) {
    const auto& participant = participants_[next_sampled_++ % size];
    if (participant.stage() == Stage::inside && !is_slow(participant))
      bytes += participant.line().unread_bytes();
  }
  watch_.unread(bytes, sampled, size);
}

void Worker::note_receive_buffer() {
  // Linux lets an untouched buffer grow up to the third number; one that was set stays, at twice what was
  // asked.
  long long least = 0, usual = 0, most = 0;
  std::ifstream("/proc/sys/net/ipv4/tcp_rmem") >> least >> usual >> most;
  int set = 0;
  socklen_t size = sizeof set;
  if (participants_.empty()) return;
  ::getsockopt(participants_[0].line().socket(), SOL_SOCKET, SO_RCVBUF, &set, &size);
  const auto bytes = control_.settings.receive_buffer_bytes ? set / 2 : most / 2;
  receive_buffer_messages_ = static_cast<double>(bytes) / static_cast<double>(control_.words.chat({}).size());
}

}  // namespace chatlab::loadgen
