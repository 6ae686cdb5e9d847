// Leads a run through its phases: gather, send, drain, leave; and puts together what its threads found. It
// owns the threads. Nothing is judged and nothing is printed here.
#pragma once

#include <functional>

#include "loadgen/address.hpp"
#include "loadgen/ensemble.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

struct Progress {
  enum class Doing { gathering, warming_up, measuring, draining };
  Doing doing = Doing::gathering;
  std::uint32_t inside = 0, clients = 0;
  std::chrono::nanoseconds left{};  ///< of what it is doing; while gathering: 0, nobody knows
  std::uint64_t written = 0, delivered = 0, expected = 0;
  std::int64_t p50_us = -1, p99_us = -1;  ///< of deliveries so far; -1: not known
};

struct Company {
  std::function<void(const Progress&)> tell = [](const Progress&) {};
  int interrupt = -1;                   ///< a descriptor that becomes readable to end the run; -1: none
  std::vector<pid_t> server_processes;  ///< to sample
  Ensemble* ensemble = &alone();        ///< with whom `settings` are shared
  /// What is known without the others, where this process may be killed before they have answered.
  std::function<void(Result)> tell_alone = [](const Result&) {};
};

/// Why a run was not measured that could have been, but for others of its ensemble.
inline constexpr std::string_view others_failed = "another rank could not begin";

Result conduct(const Settings& settings, const Addresses& nodes, const Company& company);

}  // namespace chatlab::loadgen
