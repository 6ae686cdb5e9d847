// What a thread, a process or the machine has used of the CPU so far, as Linux tells it. Differences of two
// samples are what counts.
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "loadgen/moment.hpp"

namespace chatlab::loadgen {

struct ThreadUsage {
  std::chrono::nanoseconds cpu{};
  std::chrono::nanoseconds waiting{};  ///< it could run, and had no core
  static ThreadUsage now();            ///< of the calling thread
};

/// In ticks of all cores together.
struct MachineUsage {
  unsigned long long total = 0;
  unsigned long long stolen = 0;
  static MachineUsage now();
};

struct ProcessUsage {
  std::chrono::nanoseconds cpu{};
  std::size_t resident_bytes = 0;
  std::size_t peak_resident_bytes = 0;
};

/// Of all these processes together; nothing where none of them is there.
std::optional<ProcessUsage> usage_of(const std::vector<pid_t>& processes);

/// Who listens on a port of this machine, as far as this user may see.
std::vector<pid_t> listeners_on(std::uint16_t port);

}  // namespace chatlab::loadgen
