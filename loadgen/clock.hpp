// The machine's monotonic clock, for the engine. Rules without I/O take Moments instead.
#pragma once

#include "loadgen/moment.hpp"

namespace chatlab::loadgen {

inline Moment now() {
  return std::chrono::duration_cast<Moment>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace chatlab::loadgen
