// What machine this is, for the report.
#pragma once

#include <string>

namespace chatlab::loadgen {

struct Machine {
  std::string processor;
  long cores = 0;
  std::size_t memory_bytes = 0;
  std::string system;
  static Machine here();
};

}  // namespace chatlab::loadgen
