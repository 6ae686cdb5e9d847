// Readings of rank 0's clock: the first rank of each other host asks, rank 0 answers. Neither waits for
// somebody who is not there. Once in a process.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "loadgen/clock_line.hpp"

namespace chatlab::loadgen {

class Clocks {
 public:
  /// A burst of questions; what it takes depends on when rank 0 looks up from its work.
  void ask();
  /// A burst, where the last one was a while ago.
  void ask_now_and_then();
  /// At rank 0: answers whoever asks, and while they go on asking. True where somebody did.
  bool answer();

  /// The best of each burst.
  const std::vector<ClockReading>& readings() const { return readings_; }

 private:
  struct Message {
    std::int64_t question = 0;
    std::int64_t shown_ns = 0;
  };
  void send(int rank, int tag, Message message);
  std::optional<ClockReading> ask_once();

  std::vector<ClockReading> readings_;
  std::int64_t questions_ = 0;
  // MPI may read what is sent after a while; more are never under way.
  std::array<Message, 256> sent_{};
  std::size_t next_sent_ = 0;
};

}  // namespace chatlab::loadgen
