// chatlab-loadgen but for its main: options -> run, comparison or sweep -> report.
#pragma once

#include "loadgen/ensemble.hpp"

namespace chatlab::loadgen {

/// Returns the exit code. Of several processes the first speaks for all.
int run_program(int argc, const char* const* argv, Ensemble& ensemble);

}  // namespace chatlab::loadgen
