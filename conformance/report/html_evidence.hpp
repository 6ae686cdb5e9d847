// What a verdict rests on, for HTML reports: each expectation with the frames that met it or broke it, who
// did not get one, and why nothing more could come. Pure.
#pragma once

#include <string>

#include "conformance/result.hpp"

namespace chatlab::conformance {

/// A list; with transcripts also a folded table of every frame.
std::string evidence_as_html(const CheckResult& result, bool with_transcripts);

}  // namespace chatlab::conformance
