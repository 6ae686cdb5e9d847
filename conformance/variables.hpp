// The variables of a script: $name of a client or of the check's `names`, $nonce, $i (1, 2, ... in "N times")
// and $filler(N), N characters. The matchers $any and $absent stay for match. Pure.
#pragma once

#include <set>
#include <stdexcept>
#include <string>

#include "conformance/json.hpp"
#include "conformance/suite.hpp"

namespace chatlab::conformance {

/// Thrown where a script cannot be made ready; caught where a plan is made.
struct ScriptMistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Variables {
 public:
  Variables(const Check& check, std::string tag);

  /// The value with all variables of its texts filled in. Throws ScriptMistake for one that there is not.
  Json fill_in(const Json& value, int i) const;

 private:
  std::string fill_in_text(const std::string& text, int i) const;
  std::string variable(const std::string& word, int i) const;

  std::set<std::string> names_;
  std::string tag_;
};

}  // namespace chatlab::conformance
