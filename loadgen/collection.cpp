#include "loadgen/collection.hpp"

#include <algorithm>

namespace chatlab::loadgen {
namespace {

void collect_logins(const Workers& workers, const Settings& settings, Result& result) {
  constexpr std::uint32_t groups = 10;
  std::vector<LoginGroup> grouped(std::min(groups, settings.recipients()));
  std::vector<std::uint64_t> deliveries(grouped.size());
  for (const auto& worker : workers) {
    const auto& recipients = worker->receiver().ledger().recipients();
    for (std::size_t local = 0; local < recipients.size(); ++local) {
      const auto& participant = worker->participants()[local];
      if (participant.was_connected()) result.gathering.connect.record(participant.connect_time());
      if (participant.was_confirmed()) result.gathering.login.record(participant.login_time());
      if (participant.number() >= settings.recipients()) continue;
      const auto group = std::size_t{participant.number()} * grouped.size() / settings.recipients();
      auto& one = grouped[group];
      one.first = one.first ? std::min(one.first, participant.number() + 1) : participant.number() + 1;
      one.last = std::max(one.last, participant.number() + 1);
      one.mean_us += in_seconds(recipients[local].sum) * 1e6;
      deliveries[group] += recipients[local].deliveries;
    }
  }
  for (std::size_t group = 0; group < grouped.size(); ++group)
    grouped[group].mean_us /= static_cast<double>(std::max<std::uint64_t>(1, deliveries[group]));
  result.login_groups = std::move(grouped);
}

void collect_health(const Workers& workers, Result& result) {
  auto& health = result.health;
  double unread_bytes = 0;
  for (const auto& worker : workers) {
    const auto& watch = worker->watch();
    health.dispatch_lag.merge(worker->dispatcher().lag());
    health.loop.merge(watch.turns());
    health.cpu_share = std::max(health.cpu_share, watch.cpu_share());
    health.waiting_share = std::max(health.waiting_share, watch.waiting_share());
    result.own_cpu += watch.cpu();
    unread_bytes += watch.unread_bytes();
  }
  // Little's law: what lies there on average, by what passes through, is how long it lies there.
  const double bytes_per_s = static_cast<double>(result.received_bytes) / in_seconds(result.measured);
  health.unread_wait_us = bytes_per_s > 0 ? unread_bytes / bytes_per_s * 1e6 : 0;
  health.receive_buffer_messages = workers.front()->receive_buffer_messages();
}

}  // namespace

void add_up(Workers& workers, const Settings& settings, Moment end, Result& result) {
  for (auto& worker : workers) {
    worker->finish(end);
    result.oddities.add(worker->receiver().oddities());
    result.churned += worker->churned();
    result.messages += worker->receiver().messages();
    result.parsed += worker->receiver().parsed();
  }
  collect_logins(workers, settings, result);
  if (result.measured.count() > 0) collect_health(workers, result);
}

void note_clocks(const Ensemble& ensemble, Result& result) {
  auto& health = result.health;
  result.clock_error = ensemble.clock_error();
  if (result.clock_error) {
    const auto least = least_believed(*result.clock_error);
    result.figures.hide_below(least);
    health.hidden_below = least;
    health.clock_error = *result.clock_error;
    health.shortest_between_hosts = result.figures.shortest_between_hosts;
  }
  health.completion_p50 = result.figures.completion.percentile(50);
}

}  // namespace chatlab::loadgen
