// What the server counts, and how it is told to Prometheus. Written by all threads, read by anybody.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace chatlab::server {

class Metrics {
 public:
  using Count = std::atomic<std::uint64_t>;

  Count connections = 0;            ///< WebSocket connections that are open
  Count members = 0;                ///< of these, logged in
  std::array<Count, 5> messages{};  ///< by the alternative of Message
  Count deliveries = 0;             ///< broadcasts times their recipients
  Count sends = 0;                  ///< calls that handed bytes to the kernel
  Count sent_bytes = 0;
  Count queued_bytes = 0;  ///< what could not be sent yet
  Count slow_clients = 0;  ///< closed because too much waited
  Count turns = 0;
  Count turn_nanoseconds = 0;

  /// Of a server that is one of several.
  struct Cluster {
    std::atomic<bool> is_wanted = false;
    std::atomic<bool> is_joined = false;  ///< what clients say is taken
    Count nodes = 0;                      ///< that are there, this one too
    Count place = 0;                      ///< in the sequence: the last event that was applied
    Count under_way = 0;                  ///< events that have no place yet
    Count refused = 0;                    ///< messages of clients that could not be taken or were lost
  };
  Cluster cluster;

  /// A turn has ended that took so long.
  void count_turn(std::chrono::nanoseconds duration);

  /// Prometheus' text format, version 0.0.4.
  std::string in_words() const;

 private:
  static constexpr std::array<double, 6> turn_bounds_s = {0.0001, 0.001, 0.01, 0.1, 1, 10};
  std::array<Count, turn_bounds_s.size()> turns_within_{};  // not cumulative: each turn counts once
};

}  // namespace chatlab::server
