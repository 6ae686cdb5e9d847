// What the clients received in one segment of a check, asked for by pattern. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/attribution.hpp"
#include "conformance/ownership.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

/// True where a frame is a copy of what the pattern asks for, and this check's own. One that is not JSON
/// counts as its text.
bool is_copy(const Event& frame, CausedBy cause, const Json& pattern, const Ownership& ownership);

class Evidence {
 public:
  using Frames = std::vector<const Event*>;

  /// The message that comes nearest to a pattern, and where it differs.
  struct Nearest {
    const Event* frame = nullptr;
    std::vector<std::string> differences;
  };

  Evidence(const Record& record, const Segment& segment, const Ownership& ownership);

  /// The messages to this client that match, in the order in which they came. A stranger's roster is none.
  Frames matching(const std::string& client, const Json& pattern) const;

  /// Empty where nothing came that another step of the segment does not ask for.
  std::optional<Nearest> nearest(const std::string& client, const Json& pattern) const;

  /// How the server ended the client's connection, where it did, in this segment or later.
  std::optional<std::string> end_of_connection(const std::string& client) const;

  /// The server ended the client's connection before the segment was over.
  bool was_cut_off(const std::string& client) const;

  /// True where a stranger's roster came to the client.
  bool strangers_came_and_went(const std::string& client) const;

 private:
  struct Received {
    const Event* event = nullptr;
    CausedBy cause = CausedBy::unknown;
  };
  using Window = std::vector<Received>;

  Window window_of(const Transcript& transcript) const;
  void settle_unknown();
  const Window& window(const std::string& client) const { return windows_.at(client); }
  bool is_expected_elsewhere(const Event& frame, const Json& pattern) const;
  const Transcript& transcript_of(const std::string& client) const;

  const Record& record_;
  const Segment& segment_;
  const Ownership& ownership_;
  std::map<std::string, Window> windows_;  // what each client received in the segment, markers left out
};

}  // namespace chatlab::conformance
