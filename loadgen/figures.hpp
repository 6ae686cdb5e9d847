// What a run comes to: the ledgers of all threads put together, broadcast by broadcast. Pure.
#pragma once

#include <limits>
#include <optional>
#include <span>

#include "loadgen/ensemble.hpp"
#include "loadgen/ledger.hpp"

namespace chatlab::loadgen {

/// By when the recipients of broadcast m, due at s and written at a, had it. Recipients count where their
/// login was confirmed before s and they had not begun to leave.
struct Figures {
  Histogram completion;  ///< last R - s; over range where somebody never got it
  Histogram first;       ///< first R - s
  Histogram spread;      ///< last R - first R
  Histogram delivery;    ///< R - s of every recipient
  Histogram raw;         ///< R - a of every recipient: not corrected for coordinated omission. Of senders of
                         ///< another process on this host R - s: when they wrote is not known in time
  Histogram send_lag;    ///< a - s; over range where it was never written
  Counts counts;
  std::uint64_t broadcasts = 0;  ///< measured: due while it was measured
  std::uint64_t written = 0;
  std::uint64_t complete = 0;                ///< everybody had it in the end
  std::uint64_t expected = 0;                ///< deliveries: recipients of all broadcasts together
  std::vector<std::int64_t> completions_us;  ///< in the order of sending; lost_us where incomplete
  std::vector<Interval> intervals;           ///< delivery, by when it arrived
  /// The shortest R - a between hosts, where their clocks were compared. It may be negative.
  std::optional<std::chrono::nanoseconds> shortest_between_hosts;

  static constexpr std::int64_t lost_us = std::numeric_limits<std::int64_t>::max();

  std::uint64_t lost() const { return expected - counts.deliveries; }
  double reach() const { return ratio(counts.deliveries, expected); }
  double order_agreement() const { return 1 - ratio(counts.order_breaks, counts.order_checked, 0); }

  /// Times between hosts that are shorter were not measured well enough to be told.
  void hide_below(Microseconds least);

  /// Adds what was measured elsewhere, or at another time: all but the series.
  void add(const Figures& other);

  static double ratio(std::uint64_t part, std::uint64_t whole, double of_nothing = 1) {
    return whole == 0 ? of_nothing : static_cast<double>(part) / static_cast<double>(whole);
  }
};

/// Broadcasts due in [begin, end). The ledgers are finished. Of several processes each takes the broadcasts
/// of its own senders, with whoever received them, and the deliveries of its own recipients, from whomever:
/// added up, each is there once.
Figures tally(const SendLog& log, std::span<const Ledger* const> ledgers, Moment begin, Moment end,
              Ensemble& ensemble = alone());

/// Intervals of several writers, step by step.
std::vector<Interval> merged(std::vector<Interval> intervals);

/// Finer intervals put together, second by second.
std::vector<Interval> by_second(const std::vector<Interval>& intervals);

}  // namespace chatlab::loadgen
