// Any text as a suite: it is refused with the file and a line, or every check of it can be planned and told
// of.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

#include "conformance/legible.hpp"
#include "conformance/pattern.hpp"
#include "conformance/plan.hpp"
#include "conformance/suite.hpp"

namespace {

using namespace chatlab::conformance;

void tell_of(const std::vector<Step>& steps) {
  for (const auto& step : steps) {
    if (const auto* receive = std::get_if<Receive>(&step.action)) {
      for (const auto& pattern : receive->patterns) describe_pattern(pattern);
    } else if (const auto* never = std::get_if<NeverReceive>(&step.action)) {
      describe_pattern(never->pattern);
    } else if (const auto* send = std::get_if<Send>(&step.action)) {
      send->payload();
    } else if (const auto* repeat = std::get_if<Repeat>(&step.action)) {
      tell_of(repeat->steps);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string yaml(reinterpret_cast<const char*>(data), size_bytes);
  const auto suite = parse_suite(yaml, "file");
  if (!suite) {
    if (!suite.error().text.starts_with("file:")) std::abort();
    return 0;
  }
  double points = 0;
  for (const auto& check : suite->checks) {
    const auto plan = make_plan(check, "tag123");
    if (!plan || plan->steps.empty()) std::abort();  // it was rehearsed under another tag
    tell_of(plan->steps);
    points += check.points;
  }
  if (suite->checks.empty() || points > suite->points + 1e-6) std::abort();
  return 0;
}
