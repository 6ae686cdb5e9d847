// Tells on standard error what goes on: one line that is rewritten on a terminal, a line every few seconds
// elsewhere.
#pragma once

#include "loadgen/conductor.hpp"

namespace chatlab::loadgen {

class ProgressTeller {
 public:
  explicit ProgressTeller(bool quiet);
  void say(const std::string& line);
  void tell(const Progress& progress);
  void finish();  ///< the report follows

 private:
  const bool quiet_, terminal_;
  bool line_open_ = false;
  Moment next_{};
};

}  // namespace chatlab::loadgen
