// What a verdict rests on, for the page of a run: each expectation with the frames that met it or broke it,
// and who did not get one. Pure.
#pragma once

#include <string>

#include "conformance/report/report.hpp"

namespace chatlab::conformance {

/// A list, and with Style::transcript a folded table of every frame.
std::string evidence_as_html(const CheckResult& result, const Style& style);

}  // namespace chatlab::conformance
