// Which edition of the lab does a server speak? Each built-in suite names the checks by which its edition is
// known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/result.hpp"
#include "conformance/run.hpp"

namespace chatlab::conformance {

/// True where the result shows that the server does something else than the suite's own edition: one of the
/// checks by which that is known failed, or was blocked. A server that has sent nothing at all speaks none.
bool may_speak_another(const RunResult& result);

/// The name of the first suite whose edition the server speaks; empty: of none of them. The ones that ask for
/// something special stand before those that they extend. What takes longer than a second is not waited for.
/// A failure: the server cannot be reached.
boost::system::result<std::optional<std::string>, client::Failure> find_edition(
    const std::vector<Suite>& suites, RunSettings settings);

}  // namespace chatlab::conformance
