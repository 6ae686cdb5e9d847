#include "loadgen/conductor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include "loadgen/clock.hpp"
#include "loadgen/collection.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr int tick_ms = 10;                // between two looks at what the threads have counted
constexpr auto start_delay = 20ms;         // for all threads to hear of the start before it is there
constexpr auto leaving_patience = 2s;      // longer than a worker waits for one close
constexpr auto interrupted_drain = 500ms;  // somebody waits for the prompt
constexpr auto hurried_drain = 200ms;      // mpirun has ended other ranks, and this one will be next
constexpr auto others_patience = 10s;      // beyond the end of the window and the drain, as they are planned
constexpr auto login_patience = 60s;       // some hear of the last login long after others
constexpr auto quiet = 300ms;              // after churn: nothing has come for so long

std::string random_run() {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::string run;
  for (std::size_t i = 0; i < Vocabulary::run_letters; ++i) run += letters[random() % letters.size()];
  return run;
}

/// One of an ensemble that asks nobody else.
class Separate : public Ensemble {
 public:
  explicit Separate(const Ensemble& one) : rank_(one.rank()), size_(one.size()) {}
  std::uint32_t rank() const override { return rank_; }
  std::uint32_t size() const override { return size_; }
  std::optional<std::string> broken() const override { return "asked nobody"; }

 private:
  std::uint32_t rank_, size_;
};

class Conductor {
 public:
  Conductor(const Settings& settings, const Addresses& nodes, const Company& company)
      : settings_(settings),
        company_(company),
        ensemble_(*company.ensemble),
        control_(settings, nodes, ensemble_.agree(random_run())) {
    for (std::uint32_t thread = 0; thread < settings.threads; ++thread)
      workers_.push_back(std::make_unique<Worker>(control_, settings.lane(thread)));
    for (std::uint32_t sender = 0; sender < settings.senders; ++sender) {
      if (ensemble_.is_far(settings.rank_of(sender))) control_.log.set_far(sender);
    }
    ensemble_.be_patient(settings.patience + login_patience);
    ensemble_.meet(true);  // their logins are interleaved
    if (ensemble_.broken()) return;
    for (auto& worker : workers_) threads_.emplace_back([&worker = *worker] { worker.run(); });
  }
  ~Conductor() { end(); }

  Result conduct() {
    result_.settings = settings_;
    if (const auto why = ensemble_.broken()) {
      result_.unreachable = *why;
      return std::move(result_);
    }
    const auto began = now();
    const bool gathered = gather();
    gathered_ = ensemble_.meet(gathered) && !ensemble_.broken();
    if (gathered_) {
      result_.gathering.until_everyone_saw_everyone = now() - began;
      result_.gathering.received_bytes = control_.received_bytes;
      if (settings_.cross_host) ensemble_.compare_clocks();
      measure();
      drain();
      if (is_hurried()) tell_alone();
      if (settings_.cross_host) ensemble_.compare_clocks();
      ensemble_.meet(true);  // who leaves is announced: not while another still listens
    } else if (gathered) {
      result_.unreachable = ensemble_.broken().value_or(std::string(others_failed));
    }
    // Who is in a hurry has its clients' connections closed by the system.
    if (!is_hurried()) {
      enter(Phase::leaving);
      wait(now() + leaving_patience, [&] { return control_.left >= settings_.own(settings_.clients); });
    }
    end();
    collect(ensemble_);
    return std::move(result_);
  }

 private:
  void enter(Phase phase) {
    control_.phase = phase;
    for (auto& worker : workers_) worker->wake();
  }

  void end() {
    if (threads_.empty()) return;
    enter(Phase::over);
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  /// True when `done` says so, false at the deadline or when somebody interrupts.
  template <class Done>
  bool wait(Moment deadline, Done done) {
    while (!done()) {
      if (now() >= deadline) return false;
      // It stays readable: what comes after is interrupted, too, but is still brought to an end.
      pollfd interrupt{result_.interrupted ? -1 : company_.interrupt, POLLIN, 0};
      if (::poll(&interrupt, 1, tick_ms) > 0) {
        result_.interrupted = true;
        return false;
      }
      company_.tell(progress());
      if (settings_.cross_host && gathered_) ensemble_.keep_comparing_clocks();
      if (doing_ == Progress::Doing::measuring) note_progression();
    }
    return true;
  }

  void note_progression() {
    const auto at = now() - control_.measure_begin();
    if (at < next_progression_) return;
    next_progression_ += settings_.series_step();
    // What is due and not written yet is behind, too.
    const auto due =
        settings_.closed ? control_.written.load() : control_.schedule.first_from(at + settings_.warmup);
    const std::uint64_t expected = due * recipients(), delivered = control_.delivered;
    if (result_.progressions.empty()) {
      sent_before_ = control_.written;
      delivered_before_ = delivered;
    }
    result_.progressions.push_back({at, control_.written - sent_before_, delivered - delivered_before_,
                                    expected > delivered ? expected - delivered : 0});
  }

  bool gather() {
    // Patience is for silence: rosters for thousands of clients take their time.
    std::uint64_t seen = 0;
    auto last_progress = now();
    const auto clients = settings_.own(settings_.clients);
    const auto everyone = [&] { return control_.saw_everyone >= clients; };
    const auto settled = [&] {
      const auto progress =
          control_.received_bytes + control_.connected + control_.confirmed + control_.saw_everyone;
      if (progress != seen) last_progress = now();
      seen = progress;
      return everyone() || control_.failure() || now() - last_progress > settings_.patience;
    };
    wait(Moment::max(), settled);
    if (everyone()) return true;
    if (result_.interrupted) {
      result_.unreachable = "interrupted before everybody was logged in";
    } else if (const auto failure = control_.failure()) {
      result_.unreachable = *failure;
    } else {
      result_.unreachable = fmt::format(
          "of {} clients {} connected, {} found their own name in a roster after their login (rule P2), and "
          "{} saw "
          "a roster of everybody; then nothing came for {:.0f} s",
          clients, control_.connected.load(), control_.confirmed.load(), control_.saw_everyone.load(),
          in_seconds(settings_.patience));
    }
    return false;
  }

  void measure() {
    const auto start = ensemble_.latest(now() + start_delay);
    control_.start_ns = start.count();
    ensemble_.be_patient(control_.measure_end() + settings_.drain - now() + others_patience);
    expect_others(start);
    const auto begin = control_.measure_begin();
    end_ = control_.measure_end();
    using Wall = std::chrono::system_clock;
    result_.started_s =
        std::chrono::duration<double>(Wall::now().time_since_epoch()).count() + in_seconds(begin - now());
    enter(Phase::sending);
    doing_ = Progress::Doing::warming_up;
    if (wait(begin, [&] { return stopped(); }) || result_.interrupted) {
      end_ = now();
    } else {
      doing_ = Progress::Doing::measuring;
      const auto machine = MachineUsage::now();
      const auto server = usage_of(company_.server_processes);
      const auto bytes = control_.received_bytes.load();
      wait(end_, [&] { return stopped(); });
      end_ = std::min(end_, now());
      note_usage(machine, server, begin);
      result_.received_bytes = control_.received_bytes - bytes;
    }
    result_.measured = std::max(end_ - begin, Moment(0));
    result_.died = everybody_gone();
  }

  /// What the senders of other processes will send: as it is meant to be, for how it was only they know.
  void expect_others(Moment start) {
    for (std::size_t i = 0; settings_.ranks > 1 && i < control_.schedule.size(); ++i) {
      if (settings_.is_own(control_.log.tag_of(i).sender)) continue;
      control_.log.schedule(i, start + control_.schedule.due(i));
      control_.log.write(i, start + control_.schedule.due(i));
    }
  }

  bool is_hurried() const { return ensemble_.broken() || (result_.interrupted && ensemble_.size() > 1); }
  std::uint32_t recipients() const { return settings_.own(settings_.recipients()); }
  bool everybody_gone() const { return control_.ended >= recipients(); }
  bool all_arrived() const {
    const auto sent = settings_.ranks > 1 ? control_.schedule.size() : control_.written.load();
    return control_.delivered >= sent * recipients();
  }
  bool stopped() const {
    if (everybody_gone()) return true;
    return settings_.closed_broadcasts && control_.written >= settings_.closed_broadcasts && all_arrived();
  }

  void note_usage(const MachineUsage& before, const std::optional<ProcessUsage>& server, Moment begin) {
    const auto after = MachineUsage::now();
    if (after.total > before.total) {
      result_.health.stolen_share =
          static_cast<double>(after.stolen - before.stolen) / static_cast<double>(after.total - before.total);
    }
    const auto later = usage_of(company_.server_processes);
    if (server && later) {
      result_.server = ServerUsage{{company_.server_processes.begin(), company_.server_processes.end()},
                                   later->cpu - server->cpu,
                                   now() - begin,
                                   later->resident_bytes,
                                   later->peak_resident_bytes};
    }
    long pages = 0, resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    result_.own_resident_bytes = static_cast<std::size_t>(resident_pages * ::sysconf(_SC_PAGESIZE));
  }

  void drain() {
    doing_ = Progress::Doing::draining;
    enter(Phase::draining);
    const auto most = is_hurried() ? hurried_drain : result_.interrupted ? interrupted_drain : Moment::max();
    drain_until_ = now() + std::min<Moment>(most, settings_.drain);
    std::uint64_t seen = 0;
    auto last_arrival = now();
    wait(drain_until_, [&] {
      if (control_.delivered != seen) last_arrival = now();
      seen = control_.delivered;
      if (everybody_gone()) return true;
      // A thread that has not heard of the end may send once more: nothing has arrived for good before.
      if (control_.stopped < settings_.threads) return false;
      // With clients coming and going nobody knows what is still to come.
      return settings_.churn_per_s > 0 ? now() - last_arrival > quiet : all_arrived();
    });
    result_.died = result_.died || everybody_gone();
    result_.ended = control_.ended;
    result_.slow_ended = control_.slow_ended;
    result_.first_end = control_.first_end();
  }

  Progress progress() const {
    Progress progress;
    progress.doing = doing_;
    progress.inside = control_.confirmed;
    progress.clients = settings_.own(settings_.clients);
    progress.written = control_.written;
    progress.delivered = control_.delivered;
    progress.expected = progress.written * recipients();
    const auto until = doing_ == Progress::Doing::warming_up  ? control_.measure_begin()
                       : doing_ == Progress::Doing::measuring ? end_
                                                              : drain_until_;
    if (doing_ != Progress::Doing::gathering) progress.left = std::max(until - now(), Moment(0));
    for (const auto& worker : workers_) {
      progress.p50_us = std::max(progress.p50_us, worker->live_p50_us.load());
      progress.p99_us = std::max(progress.p99_us, worker->live_p99_us.load());
    }
    return progress;
  }

  void tell_alone();
  void collect(Ensemble& ensemble);
  void note_share();

  const Settings& settings_;
  const Company& company_;
  Ensemble& ensemble_;
  Control control_;
  Workers workers_;
  std::vector<std::thread> threads_;
  Progress::Doing doing_ = Progress::Doing::gathering;
  bool gathered_ = false;  // everybody, in all processes
  bool is_counted_ = false;
  Moment end_{}, drain_until_{};
  std::chrono::nanoseconds next_progression_{};
  std::uint64_t sent_before_ = 0, delivered_before_ = 0;
  Result result_;
};

/// With nobody else: MPI may end this process when another one is dead.
void Conductor::tell_alone() {
  end();
  Separate separate(ensemble_);
  collect(separate);
  company_.tell_alone(result_);
}

void Conductor::collect(Ensemble& ensemble) {
  result_.is_hurried = is_hurried();
  note_share();
  std::vector<const Ledger*> ledgers;
  for (auto& worker : workers_) ledgers.push_back(&worker->receiver().ledger());
  if (!std::exchange(is_counted_, true)) add_up(workers_, settings_, end_, result_);
  if (!gathered_) return;
  // To the planned end: what the threads still sent while they heard of an earlier one counts on both sides.
  result_.figures = tally(control_.log, ledgers, control_.measure_begin(), control_.measure_end(), ensemble);
  if (result_.measured.count() > 0) note_clocks(ensemble, result_);
}

/// The result of one process of several is about its own clients.
void Conductor::note_share() {
  auto& share = result_.settings;
  share.clients = settings_.own(settings_.clients);
  share.slow = share.clients - recipients();
  share.senders = settings_.own(settings_.senders);
  share.rate_per_s = settings_.rate_per_s * share.senders / settings_.senders;
  share.rank = 0;
  share.ranks = 1;
}

}  // namespace

Result conduct(const Settings& settings, const Addresses& nodes, const Company& company) {
  return Conductor(settings, nodes, company).conduct();
}

}  // namespace chatlab::loadgen
