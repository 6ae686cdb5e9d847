// A check made ready to run: its variables are filled in, its repetitions written out, and what could show
// nothing (a send without a connection, an expectation that no fence closes) is refused. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

#include "conformance/suite.hpp"

namespace chatlab::conformance {

struct Plan {
  const Check* check = nullptr;
  std::string tag;          ///< in every name and nonce of this run of the check
  std::vector<Step> steps;  ///< Send::times and Receive::times are 1 everywhere
  std::vector<Diagnosis> diagnoses{};
};

struct PlanError {
  std::string text;
  int line = 0;  ///< of the step in the suite file
};

/// The client that sent something last before the step; empty where none did.
std::string sender_before(const Plan& plan, std::size_t step);

/// The check must outlive the plan.
boost::system::result<Plan, PlanError> make_plan(const Check& check, const std::string& tag);

}  // namespace chatlab::conformance
