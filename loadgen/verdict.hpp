// Whether the generator's own figures can be believed: it judges itself by what it saw of itself. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loadgen/histogram.hpp"

namespace chatlab::loadgen {

/// What the generator saw of itself while it measured.
struct Health {
  Histogram dispatch_lag;                      ///< how late it got to a send that was due
  Histogram loop;                              ///< how long one turn of its event loops took
  std::optional<Microseconds> completion_p50;  ///< what it measured; nothing where most were lost
  double cpu_share = 0;                        ///< of its busiest thread: 1 is a whole core
  double waiting_share = 0;                    ///< time in which a thread could run and had no core
  double stolen_share = 0;                     ///< of this machine's cores, taken by its host
  double unread_wait_us = 0;                   ///< how long bytes lay in its sockets, on average
  double receive_buffer_messages = 0;          ///< how many messages one socket's buffer can hold
  std::optional<double> used_capacity;         ///< deliveries/s as a part of what the reflector showed
  Microseconds hidden_below{};                 ///< shorter completions are not told
  std::chrono::nanoseconds clock_error{};      ///< by how much times between hosts may be wrong
  std::optional<std::chrono::nanoseconds> shortest_between_hosts;  ///< of all times that were measured there
};

enum class Trust { valid, suspect, invalid };
std::string_view to_string(Trust trust);

struct Verdict {
  Trust trust = Trust::valid;
  std::vector<std::string> reasons;  ///< what was seen, and what to change
};

Verdict judge(const Health& health);

}  // namespace chatlab::loadgen
