// What the clients received in one segment of a check, asked for by pattern. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/ownership.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

/// True where a frame is a copy of what the pattern asks for, and this check's own. One that is not JSON
/// counts as its text.
bool is_copy(const Event& frame, const Json& pattern, const Ownership& ownership);

class Evidence {
 public:
  using Frames = std::vector<const Event*>;

  /// The message that comes nearest to a pattern, and where it differs.
  struct Nearest {
    const Event* frame = nullptr;
    std::vector<std::string> differences;
  };

  Evidence(const Record& record, const Segment& segment, const Ownership& ownership)
      : record_(record), segment_(segment), ownership_(ownership) {}

  /// The messages to this client that match, in the order in which they came.
  Frames matching(const std::string& client, const Json& pattern) const;

  /// How many copies of one message are among these, which match one pattern. Where strangers come and go,
  /// rosters that name our clients follow from their logins too; such a roster differs from the one before. A
  /// second copy is one that does not.
  std::size_t count_copies(const std::string& client, const Frames& found) const;

  /// Empty where nothing came that another step of the segment does not ask for.
  std::optional<Nearest> nearest(const std::string& client, const Json& pattern) const;

  /// How the server ended the client's connection, where it did, in this segment or later.
  std::optional<std::string> end_of_connection(const std::string& client) const;

 private:
  Frames window(const std::string& client) const;
  bool is_expected_elsewhere(const Event& frame, const Json& pattern) const;
  const Transcript& transcript_of(const std::string& client) const;

  const Record& record_;
  const Segment& segment_;
  const Ownership& ownership_;
};

}  // namespace chatlab::conformance
