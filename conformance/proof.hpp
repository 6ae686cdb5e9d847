// What a verdict rests on, for those who doubt it: expectation by expectation the frames that met it, those
// whom they missed, and what showed that nothing more could come. Pure; the verdict itself is judge()'s.
#pragma once

#include <string>
#include <vector>

#include "conformance/ownership.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

struct Proof {
  /// A frame in a client's transcript.
  struct Frame {
    std::string client;
    std::size_t event = 0;  ///< index into its events

    bool operator==(const Frame&) const = default;
  };

  /// One message that was asked for, or forbidden.
  struct Message {
    std::string text;                  ///< as one would see it, with the clients' plain names
    std::vector<Frame> met;            ///< the copies that were wanted
    std::vector<Frame> unwanted;       ///< those too many, too early, or forbidden
    std::vector<std::string> missing;  ///< the clients to which it should have come, and did not
  };

  struct Expectation {
    std::string words;  ///< "alice and bob receive {...}, exactly one copy each"
    std::size_t segment = 0;
    std::vector<Message> messages;

    bool is_kept() const;
  };

  enum class Role { none, met, unwanted, marker };
  /// What a frame means for the verdict.
  Role role_of(const Frame& frame) const;

  std::string tag;  ///< in the names and nonces of the transcripts
  std::vector<Expectation> expectations;
  std::vector<Segment> segments;  ///< their windows say what closed them
};

Proof prove(const Record& record, const Ownership& ownership);

/// What closed the segment, for people: "a marker sent afterwards reached alice and bob"; empty where no
/// fence did.
std::string closing_words(const Segment& segment);

}  // namespace chatlab::conformance
