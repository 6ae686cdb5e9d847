#include "loadgen/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/moment.hpp"

namespace chatlab::loadgen {
namespace {

/// From where on a figure makes the result suspect, and from where on invalid.
struct Bounds {
  double suspect;
  double invalid;
};

// Lateness of its own, as a part of the median completion that it reports: it is part of every time, because
// they count from the intended moment. A kernel that wakes from idle is late by 0.1 to 0.3 ms as it is.
constexpr Bounds dispatch_bounds{0.25, 1.00};
constexpr Bounds unread_bounds{0.10, 0.50};
// One long turn delays what became readable during it. It is the p99: one turn in a hundred.
constexpr Bounds loop_bounds{0.50, 2.00};
// A thread that never sleeps cannot know how late it is.
constexpr Bounds cpu_bounds{0.80, 0.95};
constexpr Bounds waiting_bounds{0.10, 0.30};
constexpr Bounds stolen_bounds{0.02, 0.10};
constexpr Bounds capacity_bounds{0.50, 0.90};
// Fewer messages than this in a socket's buffer, and a short pause of the generator stalls the server.
constexpr Bounds buffer_bounds{16, 8};
// Below this, lateness is the kernel's own timer, and no part of a result worth having.
constexpr double negligible_us = 100;

class Judge {
 public:
  void weigh(double value, Bounds bounds, const std::string& reason) {
    const bool falling = bounds.suspect > bounds.invalid;
    const auto beyond = [&](double bound) { return falling ? value < bound : value > bound; };
    if (!beyond(bounds.suspect)) return;
    verdict_.trust = std::max(verdict_.trust, beyond(bounds.invalid) ? Trust::invalid : Trust::suspect);
    verdict_.reasons.push_back(reason);
  }

  void condemn(std::string reason) {
    verdict_.trust = Trust::invalid;
    verdict_.reasons.push_back(std::move(reason));
  }

  Verdict take() { return std::move(verdict_); }

 private:
  Verdict verdict_;
};

}  // namespace

std::string_view to_string(Trust trust) {
  switch (trust) {
    case Trust::valid:
      return "VALID";
    case Trust::suspect:
      return "SUSPECT";
    case Trust::invalid:
      break;
  }
  return "INVALID";
}

Verdict judge(const Health& health) {
  Judge judge;
  // Where most broadcasts were lost there is no median to compare with; an hour is as good as none.
  const double median_us = static_cast<double>(
      std::max({health.completion_p50.value_or(Histogram::highest), health.hidden_below, Microseconds(1)})
          .count());
  const auto against_median = [&](double value_us, Bounds bounds, std::string_view what,
                                  std::string_view change) {
    if (value_us < negligible_us) return;
    judge.weigh(value_us / median_us, bounds,
                fmt::format("{} {:.3f} ms, against a median completion of {:.3f} ms: {}", what,
                            value_us / 1000, median_us / 1000, change));
  };
  const auto p99_us = [](const Histogram& histogram) {
    if (histogram.count() == 0) return 0.0;
    return static_cast<double>(histogram.percentile(99).value_or(Histogram::highest).count());
  };
  against_median(p99_us(health.dispatch_lag), dispatch_bounds, "sends went out late by up to (p99)",
                 "lower --rate, add --threads, or give it a core of its own");
  against_median(p99_us(health.loop), loop_bounds, "a turn of the event loop took up to (p99)",
                 "fewer --clients for each process, or more --threads");
  against_median(health.unread_wait_us, unread_bounds, "bytes lay unread in its sockets for (mean)",
                 "add --threads, or give it a core of its own");
  judge.weigh(health.cpu_share, cpu_bounds,
              fmt::format("its busiest thread used {:.0f} % of a core: add --threads, or lower --rate or "
                          "--clients",
                          health.cpu_share * 100));
  judge.weigh(health.waiting_share, waiting_bounds,
              fmt::format("its busiest thread waited {:.0f} % of the time for a core that others used: stop "
                          "them, or pin the server and the generator to cores of their own",
                          health.waiting_share * 100));
  judge.weigh(health.stolen_share, stolen_bounds,
              fmt::format("the host took {:.0f} % of this machine's CPU: measure again when it is quiet",
                          health.stolen_share * 100));
  judge.weigh(health.receive_buffer_messages, buffer_bounds,
              fmt::format("a socket's receive buffer holds {:.0f} messages only, so the server waits for the "
                          "generator: raise --receive-buffer",
                          health.receive_buffer_messages));
  if (health.used_capacity) {
    judge.weigh(*health.used_capacity, capacity_bounds,
                fmt::format("it took {:.0f} % of the deliveries that it can take at all, as the reflector "
                            "showed: add --threads, or lower --rate or --clients",
                            *health.used_capacity * 100));
  }
  if (health.clock_error >= Histogram::highest) {
    judge.condemn(
        "a host could not ask rank 0's what its clock shows, over a connection of their own: is there a "
        "firewall? Measure without --cross-host");
  }
  if (health.shortest_between_hosts && *health.shortest_between_hosts < -health.clock_error) {
    judge.condemn(fmt::format(
        "a chat came to another host {:.3f} ms before it was sent, though the clocks should be known to "
        "{:.3f} "
        "ms: something sets a clock, or the network is not the same both ways; measure without --cross-host",
        in_seconds(-*health.shortest_between_hosts) * 1e3, in_seconds(health.clock_error) * 1e3));
  }
  return judge.take();
}

}  // namespace chatlab::loadgen
