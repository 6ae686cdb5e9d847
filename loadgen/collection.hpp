// What the threads of a run have found, added up in its result once they have ended.
#pragma once

#include <memory>
#include <vector>

#include "loadgen/ensemble.hpp"
#include "loadgen/result.hpp"
#include "loadgen/worker.hpp"

namespace chatlab::loadgen {

using Workers = std::vector<std::unique_ptr<Worker>>;

/// All but the figures; once. `end`: of the measured window. Before it, `result` knows how long was measured.
void add_up(Workers& workers, const Settings& settings, Moment end, Result& result);

/// How well times between hosts are known, which hides some of the figures.
void note_clocks(const Ensemble& ensemble, Result& result);

}  // namespace chatlab::loadgen
