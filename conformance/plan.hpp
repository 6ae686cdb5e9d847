// A check made ready to run: its names are tagged, so that they are nobody else's on a shared server, its
// variables are filled in, its repetitions written out. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/suite.hpp"

namespace chatlab::conformance {

struct Plan {
  const Check* check = nullptr;
  std::string tag;          ///< in every name and nonce of this run of the check
  std::vector<Step> steps;  ///< Send::times and Receive::times are 1 everywhere
};

struct PlanError {
  std::string text;
  int line = 0;  ///< of the step in the suite file
};

/// Fills in $name of a client or of `names`, $nonce, $i (1, 2, ... in "N times") and $filler(N), N
/// characters. The matchers $any and $absent stay for match. The check must outlive the plan.
boost::system::result<Plan, PlanError> make_plan(const Check& check, const std::string& tag);

/// The name under which a client of a check logs in: "alice-k3f9x2".
std::string tagged(std::string_view name, std::string_view tag);

/// The text for people: "alice-k3f9x2" is "alice" again.
std::string untagged(std::string text, std::string_view tag);

/// The text of the n-th marker of a fence.
std::string fence_marker(int number, std::string_view tag);

/// True for a text that holds a marker of this run of the check, in whatever form the server relays it.
bool holds_fence_marker(std::string_view text, std::string_view tag);

}  // namespace chatlab::conformance
