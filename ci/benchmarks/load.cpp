// Puts one chat server under load and prints what was measured, a JSON object a line. It judges nothing.
//
//   load PORT PID CLIENTS SENDERS STEP...
//     login             log everybody in at once, until everybody has the whole roster
//     enter             log everybody in where the server sends no rosters
//     wait:0:S          say nothing for so many seconds, having said so
//     rate:CHATS:S      so many chats a second for so many seconds, whatever comes back
//     flight:CHATS:S    always so many chats on their way
//     highest:CHATS:S   the highest rate at which p99 stays below a second, from this one on; 0: from half of
//                       what the last flight carried
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "ci/benchmarks/crowd.hpp"

namespace chatlab::bench {
namespace {

using namespace std::chrono_literals;

double seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// CPU time of all threads of a process, to the nanosecond.
double cpu_seconds(const std::string& pid) {
  double sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + pid + "/task")) {
    std::uint64_t nanoseconds = 0;
    std::ifstream(task.path() / "schedstat") >> nanoseconds;
    sum += static_cast<double>(nanoseconds) / 1e9;
  }
  return sum;
}

/// Chats on their way. The n-th that was sent is taken for the n-th that arrives everywhere: what several
/// senders send within the same moment may change places, by less than the moment.
class Flight {
 public:
  Flight(Crowd& crowd, std::size_t senders) : crowd_(crowd), senders_(senders) {}

  void say(Clock::time_point intended) {
    crowd_.say(sent_at_.size() % senders_);
    sent_at_.push_back(intended);
    received_by_.push_back(0);
  }

  void receive(std::chrono::milliseconds patience) {
    crowd_.flush();
    crowd_.receive(patience, [&](std::uint64_t had, std::uint64_t has) {
      deliveries_ += has - had;
      for (auto i = had; i < has && i < received_by_.size(); ++i) {
        if (++received_by_[i] == crowd_.size()) {
          latencies_.push_back(seconds(Clock::now() - sent_at_[i]));
          ++complete_;
        }
      }
    });
  }

  bool land(Clock::duration patience) {
    const auto deadline = Clock::now() + patience;
    while (complete_ < sent_at_.size() && Clock::now() < deadline && !crowd_.lost()) receive(10ms);
    return complete_ == sent_at_.size() && !crowd_.lost();
  }

  std::size_t in_flight() const { return sent_at_.size() - complete_; }
  std::uint64_t deliveries() const { return deliveries_; }
  void forget_latencies() { latencies_.clear(); }

  double percentile(double share) {
    if (latencies_.empty()) return 0;
    std::ranges::sort(latencies_);
    return latencies_[static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1))];
  }

 private:
  Crowd& crowd_;
  std::size_t senders_;
  std::vector<Clock::time_point> sent_at_;
  std::vector<std::uint32_t> received_by_;
  std::vector<double> latencies_;
  std::uint64_t deliveries_ = 0;
  std::size_t complete_ = 0;
};

/// What happens between two moments.
class Window {
 public:
  Window(const Flight& flight, std::string pid) : flight_(flight), pid_(std::move(pid)) { begin(); }

  void begin() {
    began_ = Clock::now();
    deliveries_ = flight_.deliveries();
    server_cpu_ = cpu_seconds(pid_);
    own_cpu_ = cpu_seconds("self");
  }

  Clock::duration age() const { return Clock::now() - began_; }

  double deliveries_per_second() const {
    return static_cast<double>(flight_.deliveries() - deliveries_) / seconds(age());
  }

  std::string in_words() const {
    const double elapsed = seconds(age());
    const double deliveries = static_cast<double>(flight_.deliveries() - deliveries_);
    const double server_cpu = cpu_seconds(pid_) - server_cpu_, own_cpu = cpu_seconds("self") - own_cpu_;
    return fmt::format(
        R"("deliveries_per_s":{:.0f},"cpu_us_per_delivery":{:.3f},"server_busy":{:.3f},"client_busy":{:.3f})",
        deliveries / elapsed, 1e6 * server_cpu / std::max(deliveries, 1.0), server_cpu / elapsed,
        own_cpu / elapsed);
  }

 private:
  const Flight& flight_;
  std::string pid_;
  Clock::time_point began_;
  std::uint64_t deliveries_ = 0;
  double server_cpu_ = 0, own_cpu_ = 0;
};

class Load {
 public:
  Load(std::uint16_t port, std::string pid, std::size_t clients, std::size_t senders)
      : crowd_(port, clients), flight_(crowd_, senders), pid_(std::move(pid)) {}

  void take(const std::string& step) {
    const auto colon = step.find(':'), second = step.find(':', colon + 1);
    const auto name = step.substr(0, colon);
    if (name == "login" || name == "enter") return log_in(name == "login");
    if (second == step.npos) throw std::runtime_error("no such step: " + step);
    const double amount = std::stod(step.substr(colon + 1)), duration = std::stod(step.substr(second + 1));
    const auto span = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(duration));
    if (name == "wait") return wait(span);
    if (name == "rate") print("rate", amount, hold_rate(amount, span));
    if (name == "flight") print("flight", amount, fly(static_cast<std::size_t>(amount), span));
    if (name == "highest") find_highest(amount, span);
  }

 private:
  struct Held {
    bool kept_up;
    std::string words;
  };

  void log_in(bool has_rosters) {
    const auto cpu = cpu_seconds(pid_), own_cpu = cpu_seconds("self");
    const auto took = crowd_.log_in(has_rosters);
    if (has_rosters) {
      fmt::print(R"({{"step":"login","seconds":{:.4f},"cpu_seconds":{:.4f},"client_busy":{:.3f}}})"
                 "\n",
                 seconds(took), cpu_seconds(pid_) - cpu, (cpu_seconds("self") - own_cpu) / seconds(took));
      std::fflush(stdout);
    }
    crowd_.begin_to_count();
  }

  void wait(Clock::duration span) {
    fmt::print(R"({{"step":"wait"}})"
               "\n");
    std::fflush(stdout);
    std::this_thread::sleep_for(span);
  }

  void print(std::string_view name, double amount, const Held& held) {
    fmt::print(R"({{"step":"{}","amount":{},"kept_up":{},{}}})"
               "\n",
               name, amount, held.kept_up, held.words);
    std::fflush(stdout);
  }

  Held hold_rate(double rate, Clock::duration span) {
    constexpr auto warm_up = 300ms;
    Window window(flight_, pid_);
    bool is_warm = false;
    const auto began = Clock::now();
    for (std::uint64_t said = 0; Clock::now() - began < warm_up + span;) {
      if (!is_warm && Clock::now() - began >= warm_up) {
        is_warm = true;
        window.begin();
        flight_.forget_latencies();
      }
      auto due = began + std::chrono::duration_cast<Clock::duration>(
                             std::chrono::duration<double>(static_cast<double>(said) / rate));
      for (; due <= Clock::now(); ++said) {
        flight_.say(due);  // late or not: what the server makes wait counts from when it was due
        due += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
      }
      flight_.receive(due - Clock::now() > 1ms ? 1ms : 0ms);
    }
    return finish(window);
  }

  Held fly(std::size_t count, Clock::duration span) {
    Window window(flight_, pid_);
    while (window.age() < span) {
      while (flight_.in_flight() < count) flight_.say(Clock::now());
      flight_.receive(100ms);
    }
    return finish(window);
  }

  Held finish(const Window& window) {
    const auto words = window.in_words();
    last_rate_ = window.deliveries_per_second() / static_cast<double>(crowd_.size());
    const bool has_landed = flight_.land(10s);
    const double p99 = flight_.percentile(0.99);
    const auto all = fmt::format(R"({},"p50_ms":{:.3f},"p99_ms":{:.3f},"lost_connections":{})", words,
                                 1e3 * flight_.percentile(0.5), 1e3 * p99, crowd_.lost());
    flight_.forget_latencies();
    return {has_landed && p99 < 1, all};
  }

  void find_highest(double rate, Clock::duration span) {
    constexpr double step = 1.25;
    Held best{false, R"("deliveries_per_s":0)"};
    double best_rate = 0;
    if (rate == 0) rate = std::max(1.0, last_rate_ / 2);
    for (int failures = 0; failures < 2 && !crowd_.lost();) {  // one failure may be the machine's
      const auto held = hold_rate(rate, span);
      if (!held.kept_up) {
        ++failures;
        if (best_rate == 0) rate /= step * step;
        continue;
      }
      failures = 0;
      best = held;
      best_rate = rate;
      rate *= step;
    }
    print("highest", best_rate, best);
  }

  Crowd crowd_;
  Flight flight_;
  std::string pid_;
  double last_rate_ = 0;  // chats a second that reached everybody, as it was last measured
};

}  // namespace
}  // namespace chatlab::bench

int main(int argc, char** argv) {
  if (argc < 6) {
    fmt::print(stderr, "usage: load PORT PID CLIENTS SENDERS STEP...\n");
    return 2;
  }
  try {
    chatlab::bench::Load load(static_cast<std::uint16_t>(std::stoi(argv[1])), argv[2], std::stoul(argv[3]),
                              std::stoul(argv[4]));
    for (int i = 5; i < argc; ++i) load.take(argv[i]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "load: {}\n", error.what());
    return 1;
  }
}
