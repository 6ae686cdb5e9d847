// What a run is asked to do. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/url.hpp"
#include "loadgen/schedule.hpp"

namespace chatlab::loadgen {

struct Settings {
  client::Url url;
  std::uint32_t clients = 100;
  std::uint32_t senders = 10;  ///< the first of the clients
  double rate_per_s = 100;     ///< broadcasts of all senders together
  Arrivals arrivals = Arrivals::constant;
  std::chrono::nanoseconds ramp{};
  std::uint64_t seed = 1;
  std::chrono::nanoseconds warmup = std::chrono::seconds(2);
  std::chrono::nanoseconds duration = std::chrono::seconds(10);
  std::chrono::nanoseconds drain = std::chrono::seconds(5);  ///< for what is under way when it has sent all
  std::size_t text_bytes = 128;

  std::uint32_t closed = 0;           ///< broadcasts in flight for each sender; 0: open loop
  std::size_t closed_broadcasts = 0;  ///< a closed loop ends after so many; 0: only by time

  double login_rate_per_s = 200;
  double churn_per_s = 0;       ///< clients that leave and come back
  std::uint32_t slow = 0;       ///< the last of the clients: they read slowly, or not at all
  double slow_bytes_per_s = 0;  ///< of each slow client
  std::uint32_t threads = 1;
  int receive_buffer_bytes = 0;                                  ///< SO_RCVBUF; 0: as the kernel has it
  std::chrono::nanoseconds patience = std::chrono::seconds(10);  ///< without any progress, while logging in

  std::vector<client::Url>
      further;  ///< nodes of one room, beside `url`: the clients are dealt out to them in turn
  const client::Url& url_of(std::uint32_t client) const {
    const auto node = client % (further.size() + 1);
    return node == 0 ? url : further[node - 1];
  }

  bool cross_host = false;  ///< ranks on several hosts compare their clocks, and time what goes between them
  std::uint32_t rank = 0, ranks = 1;  ///< this process, of those that measure together; see ensemble.hpp

  /// The threads of all processes together take turns: client c is of lane c % lanes().
  std::uint32_t lanes() const { return threads * ranks; }
  std::uint32_t lane(std::uint32_t thread) const { return thread * ranks + rank; }
  /// Of the first `count` clients those that are this process's own.
  std::uint32_t own(std::uint32_t count) const { return (count + ranks - 1 - rank) / ranks; }
  std::uint32_t rank_of(std::uint32_t client) const { return client % ranks; }
  bool is_own(std::uint32_t client) const { return rank_of(client) == rank; }

  /// Those who are measured: all but the slow ones.
  std::uint32_t recipients() const { return clients - slow; }
  /// How fine its series over time are: 60 steps or fewer, and none longer than a second.
  std::chrono::nanoseconds series_step() const {
    using namespace std::chrono_literals;
    for (const std::chrono::nanoseconds step : {100ms, 200ms, 500ms}) {
      if (duration / step <= 60) return step;
    }
    return 1s;
  }
  Load load() const { return {arrivals, rate_per_s, warmup + duration, ramp, seed}; }
};

}  // namespace chatlab::loadgen
