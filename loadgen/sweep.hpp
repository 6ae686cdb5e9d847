// Finds the highest load that a server holds: runs the windows that a search asks for. It prints nothing but
// what the listener is given.
#pragma once

#include "loadgen/climb.hpp"
#include "loadgen/measurement.hpp"

namespace chatlab::loadgen {

std::variant<Sweep, Refusal> sweep(const Options& options, const Listener& listener);

}  // namespace chatlab::loadgen
