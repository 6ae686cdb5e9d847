// The ranks of an MPI program as an ensemble. While one waits for the others it sleeps: their logins need the
// cores. A failure of MPI itself ends all ranks, with MPI's own words.
#pragma once

#include <mpi.h>

#include "loadgen/ensemble.hpp"

namespace chatlab::loadgen {

class Ranks : public Ensemble {
 public:
  /// Once in a process.
  Ranks();
  ~Ranks() override;

  std::uint32_t rank() const override { return rank_; }
  std::uint32_t size() const override { return static_cast<std::uint32_t>(hosts_.size()); }
  bool is_far(std::uint32_t rank) const override { return hosts_[rank] != hosts_[rank_]; }
  std::string agree(std::string mine) override;
  bool meet(bool ready) override;
  Moment latest(Moment mine) override;
  void put_together(std::vector<Reception>& receptions) override;
  std::vector<std::string> gather(std::string mine) override;

 private:
  std::uint32_t rank_ = 0;
  MPI_Comm host_ = MPI_COMM_NULL;  // those who share a clock
  std::vector<int> hosts_;         // by rank: the first rank of its host
};

}  // namespace chatlab::loadgen
