// Symptoms: failures without what differs between two servers that make the same mistake. Fingerprints are
// made of them.
#pragma once

#include <optional>
#include <string>

#include "conformance/record.hpp"
#include "conformance/verdict.hpp"

namespace chatlab::conformance {

/// With whom, and what kind; of a problem that is the server's failure.
std::string symptom_of(const Problem& problem);

/// Whom the server cut off while the script went on, and how, of those whom the failure is about; empty where
/// it is nobody. How far the script had got by then is a matter of time, and so is no part of it.
std::string symptom_of_ended_connections(const Record& record, const std::optional<Finding>& finding);

}  // namespace chatlab::conformance
