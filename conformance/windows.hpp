// Cuts the clients' transcripts at the fences: which events belong to which segment of the script. It reads
// positions only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conformance/crew.hpp"
#include "conformance/record.hpp"

namespace chatlab::conformance {

class Windows {
 public:
  Windows(Crew& crew, std::vector<std::string> clients) : crew_(crew), clients_(std::move(clients)) {}

  /// Begins a segment. Each client's window begins after the marker that closed the one before, or now.
  void begin(std::size_t first_step);

  /// Closes the client's window before its event `marker`; the next one begins after it.
  void close_at(const std::string& client, std::size_t marker) {
    boundaries_[client] = {marker, marker + 1, Segment::Closing::marker};
  }

  /// Closes the client's window after all that has come so far.
  void close_now(const std::string& client, Segment::Closing why);

  /// Ends the segment. A window that nothing has closed holds all that has come so far.
  Segment end(std::size_t end_step);

  /// Where the client's open window begins.
  std::size_t begin_of(const std::string& client) const { return segment_.windows.at(client).begin; }

 private:
  struct Boundary {
    std::size_t end = 0;
    std::size_t next_begin = 0;
    Segment::Closing closing = Segment::Closing::nothing;
  };

  std::size_t count_events(const std::string& client) const;

  Crew& crew_;
  std::vector<std::string> clients_;
  Segment segment_;  // the one that is open
  std::map<std::string, Boundary> boundaries_;
};

}  // namespace chatlab::conformance
