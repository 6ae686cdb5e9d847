// JSON as the suites and the judges handle it: an object keeps the order in which its fields were written, so
// that a report shows what was sent and not a sorted version of it.
#pragma once

#include <nlohmann/json.hpp>

namespace chatlab::conformance {

using Json = nlohmann::ordered_json;

/// Compact text, with bytes that are not UTF-8 replaced rather than refused: it is for reading.
inline std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace chatlab::conformance
