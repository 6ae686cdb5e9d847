// Readings of another host's clock over a TCP connection: one side shows its clock, the other asks. Neither
// waits for somebody who is not there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/descriptor.hpp"
#include "loadgen/clock_line.hpp"

namespace chatlab::loadgen {

class ClockServer {
 public:
  /// Listens on a free port of all addresses of this host.
  ClockServer();

  /// Where it can be asked: "10.0.0.1:4711 192.168.0.1:4711"; empty where it cannot.
  std::string places() const;

  /// Answers whoever asks, and while they go on asking. True where somebody did.
  bool answer();

 private:
  bool answer_once();

  client::Descriptor listening_;
  std::vector<client::Descriptor> askers_;
};

class ClockClient {
 public:
  /// At the first of these places that can be reached.
  bool connect(std::string_view places);

  /// A burst of questions. False where nobody answers.
  bool ask();
  /// The same, where the last burst was a while ago.
  void ask_now_and_then();

  /// The best of each burst.
  const std::vector<ClockReading>& readings() const { return readings_; }

 private:
  std::optional<ClockReading> ask_once();

  client::Descriptor connection_;
  std::vector<ClockReading> readings_;
  std::int64_t questions_ = 0;
  Moment last_asked_ = never;
};

}  // namespace chatlab::loadgen
