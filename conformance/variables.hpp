// The variables of a script: $name of a client or of the check's `names`, $me of the client that sends,
// $nonce, $i (1, 2, ... in "N times") and $filler(N), N characters; an item "$crowd" of a list stands for the
// names of the whole group. The matchers $any, $text and $absent stay for match. Pure.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

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

  /// The value with all variables of its texts filled in; `me` is the client that sends it. Throws
  /// ScriptMistake for one that there is not.
  Json fill_in(const Json& value, int i, const std::string& me = "") const;

 private:
  Json fill_in_list(const Json& items, int i, const std::string& me) const;
  std::string fill_in_text(const std::string& text, int i, const std::string& me) const;
  std::string variable(const std::string& word, int i, const std::string& me) const;

  std::set<std::string> names_;
  std::map<std::string, std::vector<std::string>> groups_;
  std::string tag_;
};

}  // namespace chatlab::conformance
