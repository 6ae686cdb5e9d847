// What the threads of one run share: the plan, which nobody changes, the phase, which only the conductor
// changes, and counts that each thread adds to. Reached without a lock but for the words.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "loadgen/address.hpp"
#include "loadgen/line.hpp"
#include "loadgen/send_log.hpp"
#include "loadgen/settings.hpp"

namespace chatlab::loadgen {

enum class Phase {
  gathering,  ///< connect, log in, wait for the full roster
  sending,    ///< warm-up, then measured
  draining,   ///< nothing new is sent
  leaving,    ///< disconnect and close
  over,
};

struct Control {
  Control(const Settings& settings_in, const Addresses& nodes_in, const std::string& run);

  const Settings& settings;
  const Addresses nodes;
  const Vocabulary words;
  const Schedule schedule;  ///< empty in a closed loop
  SendLog log;
  std::unique_ptr<SSL_CTX, TlsContext::Free> tls;  ///< where the URL is wss

  std::atomic<Phase> phase{Phase::gathering};
  std::atomic<std::int64_t> start_ns{0};  ///< when the schedule begins; set before the phase `sending`

  std::atomic<std::uint32_t> connected{0}, confirmed{0}, saw_everyone{0};
  std::atomic<std::uint32_t> ended{0};  ///< connections that the server ended, not counting slow clients'
  std::atomic<std::uint32_t> slow_ended{0};  ///< and slow clients'
  std::atomic<std::uint32_t> left{0};
  std::atomic<std::uint32_t> stopped{0};  ///< threads that send nothing any more
  std::atomic<std::uint64_t> received_bytes{0};
  std::atomic<std::uint64_t> written{0};    ///< broadcasts, warm-up included
  std::atomic<std::uint64_t> delivered{0};  ///< first copies for those who count, warm-up included

  /// Closed loop: broadcasts of each sender that have reached everybody since its thread last looked.
  std::vector<std::atomic<std::uint32_t>> completed;

  const Address& address_of(std::uint32_t client) const { return nodes[client % nodes.size()]; }

  Moment start() const { return Moment(start_ns.load()); }
  Moment measure_begin() const { return start() + settings.warmup; }
  Moment measure_end() const { return measure_begin() + settings.duration; }

  /// The first failure counts.
  void fail(std::string text);
  std::optional<std::string> failure();

  /// How the server ended its first connection, for the report.
  void note_end(std::string why);
  std::string first_end();

 private:
  std::mutex mutex_;  // guards what is below
  std::optional<std::string> failure_;
  std::string first_end_;
};

/// How many broadcasts a run may have at most: what its log has room for.
std::size_t room_for_sends(const Settings& settings);

}  // namespace chatlab::loadgen
