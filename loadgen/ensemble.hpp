// Processes that measure together, each with its share of the clients, and what they have to tell each other
// before and after the measured window; in it they say nothing. One process alone is an ensemble, too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/ledger.hpp"

namespace chatlab::loadgen {

class Ensemble {
 public:
  virtual ~Ensemble() = default;

  virtual std::uint32_t rank() const { return 0; }
  virtual std::uint32_t size() const { return 1; }

  /// On another host, so that times of here and there cannot be compared.
  virtual bool is_far([[maybe_unused]] std::uint32_t rank) const { return false; }

  /// What rank 0 says.
  virtual std::string agree(std::string mine) { return mine; }

  /// Waits for all; true where all are ready.
  virtual bool meet(bool ready) { return ready; }

  /// The latest of what those on this host propose.
  virtual Moment latest(Moment mine) { return mine; }

  /// Of each broadcast: adds those who received it elsewhere, and when those on this host did.
  virtual void put_together([[maybe_unused]] std::vector<Reception>& receptions) {}

  /// What everybody says, by rank: at rank 0. Elsewhere nothing.
  virtual std::vector<std::string> gather(std::string mine) { return {std::move(mine)}; }

  bool is_own(std::uint32_t client) const { return client % size() == rank(); }
};

/// This process.
Ensemble& alone();

}  // namespace chatlab::loadgen
