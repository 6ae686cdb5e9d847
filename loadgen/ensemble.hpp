// Processes that measure together, each with its share of the clients, and what they have to tell each other
// before and after the measured window; in it they say nothing, but for clocks that are compared. One process
// alone is an ensemble, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/ledger.hpp"

namespace chatlab::loadgen {

class Ensemble {
 public:
  virtual ~Ensemble() = default;

  virtual std::uint32_t rank() const { return 0; }
  virtual std::uint32_t size() const { return 1; }

  /// On another host, with another clock.
  virtual bool is_far([[maybe_unused]] std::uint32_t rank) const { return false; }

  /// Nobody is waited for any more to speak of, once this descriptor is readable.
  virtual void heed([[maybe_unused]] int interrupt) {}
  /// Nobody is waited for any longer than this.
  virtual void be_patient([[maybe_unused]] std::chrono::nanoseconds patience) {}

  /// Why this process is on its own, if it is: somebody was waited for in vain. From then on the others are
  /// not asked any more, and everything below answers as if there were none.
  virtual std::optional<std::string> broken() const { return std::nullopt; }

  /// What rank 0 says.
  virtual std::string agree(std::string mine) { return mine; }
  virtual std::vector<std::uint32_t> agree(std::vector<std::uint32_t> mine) { return mine; }

  /// Waits for all; true where all are ready.
  virtual bool meet(bool ready) { return ready; }

  /// The latest of what those on this host propose.
  virtual Moment latest(Moment mine) { return mine; }

  /// Finds out what the clocks of other hosts show: all call it together, before and after the measured
  /// window.
  virtual void compare_clocks() {}
  /// The same in the window, now and then: who asks waits for the answer, a few milliseconds and 0.1 s at
  /// most.
  virtual void keep_comparing_clocks() {}
  /// By how much times between hosts may be wrong; nothing where they are not told.
  virtual std::optional<std::chrono::nanoseconds> clock_error() const { return std::nullopt; }

  /// Of each broadcast, which only its sender's process knows: when it was sent. By our clock where clocks
  /// were compared; else, from other hosts, just whether.
  virtual void exchange([[maybe_unused]] std::vector<Sent>& sends) {}

  /// Of each broadcast: adds those who received it elsewhere, and when they did, by our clock. Where clocks
  /// were not compared: when those on this host did.
  virtual void put_together([[maybe_unused]] std::vector<Reception>& receptions) {}

  /// What everybody says, by rank: at rank 0. Elsewhere nothing.
  virtual std::vector<std::string> gather(std::string mine) { return {std::move(mine)}; }

  bool is_own(std::uint32_t client) const { return client % size() == rank(); }
};

/// This process.
Ensemble& alone();

}  // namespace chatlab::loadgen
