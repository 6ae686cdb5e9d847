// What a check looks like where the server is right: a record as a run leaves it behind, written from the
// plan alone, with a time of its own. For explanations, and for tests of all that is made from records. Pure.
#pragma once

#include "conformance/record.hpp"

namespace chatlab::conformance {

/// What is not asked for (an announcement that the script does not mention) is not in it.
Record example_record(Plan plan);

}  // namespace chatlab::conformance
