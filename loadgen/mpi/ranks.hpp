// The ranks of an MPI program as an ensemble. While one waits for the others it sleeps: their logins need the
// cores. A failure of MPI itself ends all ranks, with MPI's own words.
#pragma once

#include <mpi.h>

#include <memory>

#include "loadgen/clocks.hpp"
#include "loadgen/ensemble.hpp"

namespace chatlab::loadgen {

class Ranks : public Ensemble {
 public:
  /// Once in a process.
  Ranks();

  /// Ends MPI; where another was waited for in vain, also the others. `status` is for main() to return.
  int end(int status);

  std::uint32_t rank() const override { return rank_; }
  std::uint32_t size() const override { return static_cast<std::uint32_t>(hosts_.size()); }
  bool is_far(std::uint32_t rank) const override { return hosts_[rank] != hosts_[rank_]; }
  void heed(int interrupt) override { interrupt_ = interrupt; }
  void be_patient(std::chrono::nanoseconds patience) override { patience_ = patience; }
  std::optional<std::string> broken() const override { return broken_; }
  std::string agree(std::string mine) override;
  std::vector<std::uint32_t> agree(std::vector<std::uint32_t> mine) override;
  bool meet(bool ready) override;
  Moment latest(Moment mine) override;
  void compare_clocks() override;
  void keep_comparing_clocks() override;
  std::optional<std::chrono::nanoseconds> clock_error() const override {
    return broken_ ? std::nullopt : clock_error_;
  }
  void exchange(std::vector<Sent>& sends) override;
  void put_together(std::vector<Reception>& receptions) override;
  std::vector<std::string> gather(std::string mine) override;

 private:
  /// Until it is done. False where this rank is on its own; MPI is not called any more then, but to abort.
  bool wait(MPI_Request request);
  template <class Value>
  bool reduce(std::vector<Value>& values, MPI_Datatype type, MPI_Op operation, MPI_Comm communicator);
  template <class Container>
  Container agree_on(Container mine, MPI_Datatype type);
  bool is_interrupted() const;
  bool asks_for_its_host() const;
  std::int64_t to_shared(Moment ours) const;
  Moment from_shared(std::int64_t shared) const;

  std::uint32_t rank_ = 0;
  MPI_Comm host_ = MPI_COMM_NULL;  // those who share a clock
  std::vector<int> hosts_;         // by rank: the first rank of its host
  std::chrono::nanoseconds patience_;
  int interrupt_ = -1;
  std::optional<std::string> broken_;
  std::optional<Moment> interrupted_at_;  // mpirun ends all ranks
  // Not over MPI, which would end this process where another one is dead.
  std::unique_ptr<ClockServer> clock_server_;  // at rank 0
  std::unique_ptr<ClockClient> clock_client_;  // at the first rank of each other host
  ClockLine shared_clock_;                     // rank 0's
  std::optional<std::chrono::nanoseconds> clock_error_;
};

}  // namespace chatlab::loadgen
