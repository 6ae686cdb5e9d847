// Payloads as JSON. A broadcast comes to every client of a check: it is read once, and its copies share what
// was read.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "conformance/json.hpp"

namespace chatlab::conformance {

/// What a frame's payload is as JSON, so far as it is to be looked at; null where it is none.
std::shared_ptr<const Json> json_of(const std::string& payload);

/// json_of with a memory. One per check.
class PayloadReader {
 public:
  std::shared_ptr<const Json> read(const std::string& payload);

 private:
  // Then it begins anew: copies of a broadcast come close together.
  static constexpr std::size_t most_known = 4096, most_known_bytes = 16 << 20;

  std::unordered_map<std::string, std::shared_ptr<const Json>> known_;
  std::size_t known_bytes_ = 0;
};

}  // namespace chatlab::conformance
