// Tells on standard error what goes on: one line that is rewritten on a terminal, a line every few seconds
// elsewhere, if at all.
#pragma once

#include "loadgen/conductor.hpp"

namespace chatlab::loadgen {

class ProgressTeller {
 public:
  /// `tells_pipes`: where standard error is no terminal, tell() says something, too.
  ProgressTeller(bool quiet, bool tells_pipes);
  void say(const std::string& line);
  void tell(const Progress& progress);
  void finish();  ///< the report follows

 private:
  const bool quiet_, tells_pipes_, terminal_;
  bool line_open_ = false;
  Moment next_{};
};

}  // namespace chatlab::loadgen
