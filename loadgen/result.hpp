// What a run found out. Values only: reports are made of it, nothing is judged or printed here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loadgen/bootstrap.hpp"
#include "loadgen/figures.hpp"
#include "loadgen/receiver.hpp"
#include "loadgen/settings.hpp"
#include "loadgen/slo.hpp"
#include "loadgen/usage.hpp"
#include "loadgen/verdict.hpp"

namespace chatlab::loadgen {

/// How everybody came in.
struct Gathering {
  Histogram connect;  ///< TCP, TLS and the upgrade
  Histogram login;    ///< from the login to the first roster with the own name
  std::chrono::nanoseconds until_everyone_saw_everyone{};
  std::uint64_t received_bytes = 0;  ///< rosters, mostly
};

/// Clients in the order of their logins, in ten groups: their mean delivery time.
struct LoginGroup {
  std::uint32_t first = 0, last = 0;  ///< login positions, from 1
  double mean_us = 0;
};

struct ServerUsage {
  std::vector<int> processes;
  std::chrono::nanoseconds cpu{};
  std::chrono::nanoseconds length{};
  std::size_t resident_bytes = 0, peak_resident_bytes = 0;
  double cpu_share() const { return length.count() ? in_seconds(cpu) / in_seconds(length) : 0; }
};

/// How far everything was at a moment.
struct Progression {
  std::chrono::nanoseconds at{};  ///< since the measurement began
  std::uint64_t sent = 0;         ///< broadcasts that were written, since then
  std::uint64_t delivered = 0;    ///< deliveries, since then
  std::uint64_t backlog = 0;      ///< deliveries that were due, or under way, and had not arrived
};

/// It did not grow: what is under way at the end is not more than at the beginning, but for a few broadcasts
/// to `recipients` each, and a part of all that came.
bool backlog_is_flat(const std::vector<Progression>& progressions, std::uint32_t recipients);

/// What one of several processes, whose reports were added up, contributed.
struct Contribution {
  std::string name;
  std::uint32_t clients = 0, senders = 0;
  std::uint64_t deliveries = 0, expected = 0;
  std::optional<Microseconds> completion_p50, completion_p99;  ///< of its senders' broadcasts
  double cpu_share = 0;
  Trust trust = Trust::valid;
};

struct Result {
  Settings settings;
  std::string target;    ///< the server, in words
  double started_s = 0;  ///< since 1970: when the measurement began

  std::optional<std::string> unreachable;  ///< it never came to a measurement, and why
  bool died = false;                       ///< the server ended all connections while it was measured
  bool interrupted = false;
  bool is_hurried = false;  ///< and the process is about to be killed: nothing is worked out that takes long
  std::string first_end;    ///< how the server ended a connection, if it did
  std::uint32_t ended = 0, slow_ended = 0;

  std::chrono::nanoseconds measured{};  ///< how long sends were measured
  Figures figures;
  Oddities oddities;
  Gathering gathering;
  std::vector<LoginGroup> login_groups;
  std::vector<Progression> progressions;  ///< one each series_step()
  std::uint64_t received_bytes = 0;       ///< while it was measured
  std::uint64_t churned = 0;
  std::uint64_t messages = 0, parsed = 0;  ///< all of them, and those that took the slow path

  Health health;
  std::chrono::nanoseconds own_cpu{};  ///< of the threads that receive and send
  std::size_t own_resident_bytes = 0;
  std::optional<ServerUsage> server;
  std::optional<double> capacity_per_s;  ///< deliveries for each second of its CPU, from the reflector

  std::vector<Contribution> parts;  ///< empty where one process measured
  /// Ranks were on several hosts: times are only between a sender and the recipients on its own, so
  /// completion is a lower bound. Losses, copies and FIFO order are of all pairs.
  bool host_local = false;
  /// Ranks were on several hosts and compared their clocks: by so much times between them may be wrong, and
  /// none is told that is shorter than least_believed().
  std::optional<std::chrono::nanoseconds> clock_error;

  // Filled in by judge().
  Verdict verdict;
  std::vector<SloResult> slos;
  std::vector<Confidence> confidence;  ///< of completion, for each of reported_percentiles

  double offered_per_s() const;
  double achieved_per_s() const;
  double deliveries_per_s() const;
};

/// Of times that may be wrong by so much.
inline Microseconds least_believed(std::chrono::nanoseconds clock_error) {
  return std::chrono::ceil<Microseconds>(clock_error * 10);
}

inline const std::vector<double> reported_percentiles = {50, 90, 99, 99.9};

enum class ExitCode { ok = 0, slo_missed = 1, usage = 2, invalid = 3, integrity = 4, unreachable = 5 };

/// Lost, duplicated, reordered or changed messages; connections that the server ended.
bool integrity_kept(const Result& result);
ExitCode exit_code(const Result& result);

/// Which side was busy all the time, in words.
std::string bottleneck(const Result& result);

}  // namespace chatlab::loadgen
