// SIGINT and SIGTERM as something that can be waited for. There is one in a process.
#pragma once

#include "client/descriptor.hpp"

namespace chatlab::loadgen {

class Interrupt {
 public:
  /// From now on the first signal makes descriptor() readable; a second one ends the process as usual.
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  int descriptor() const { return event_.get(); }

 private:
  client::Descriptor event_;
};

}  // namespace chatlab::loadgen
