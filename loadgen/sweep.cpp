#include "loadgen/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

Options options_at(const Options& options, const NamedTarget& target, double load) {
  auto own = options;
  own.url = target.url;
  own.launch = target.launch;
  auto& run = own.run;
  if (options.axis == Axis::rate) run.rate_per_s = load;
  if (options.axis == Axis::payload) run.text_bytes = static_cast<std::size_t>(load);
  if (options.axis == Axis::clients) {
    run.clients = static_cast<std::uint32_t>(load);
    run.senders = std::min(run.senders, run.clients);
  }
  return own;
}

std::string_view in_words(SearchStep::Why why) {
  switch (why) {
    case SearchStep::Why::climb:
      return "climb";
    case SearchStep::Why::narrow:
      return "narrow";
    case SearchStep::Why::confirm:
      break;
  }
  return "confirm";
}

class Climber {
 public:
  Climber(const Options& options, const NamedTarget& target, const Listener& listener)
      : options_(options), target_(target), listener_(listener) {
    climb_.name = target.name;
    climb_.words = server_in_words(target);
  }

  std::optional<Refusal> run(bool& interrupted) {
    Search search(range_of(options_));
    while (const auto step = search.next()) {
      const auto outcome = measure(options_at(options_, target_, step->load), quiet(), known_);
      if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
        // Behind the first window the machine's own limits end the climb, as the server's do.
        if (climb_.windows.empty() || refusal->code == ExitCode::integrity) return *refusal;
        search.take(Held::cannot_tell);
        continue;
      }
      const auto& result = std::get<Result>(outcome);
      if (result.interrupted) {
        interrupted = true;
        break;
      }
      if (result.unreachable && climb_.windows.empty()) {
        climb_.failure = *result.unreachable;
        return std::nullopt;
      }
      known_ = {result.capacity_per_s ? result.capacity_per_s : known_.capacity_per_s, true};
      note(*step, result);
      search.take(climb_.windows.back().held);
    }
    climb_.finding = search.finding();
    note_achieved();
    listener_.say(loadgen::in_words(climb_, options_.axis));
    return std::nullopt;
  }

  Climb take() { return std::move(climb_); }

 private:
  Listener quiet() const {
    auto listener = listener_;
    listener.say = [](const std::string&) {};
    return listener;
  }

  void note(const SearchStep& step, const Result& result) {
    SweepWindow window{step, Held::no, "", result};
    window.held = judge_window(result, options_.slos, step.why, window.why);
    const auto verdict = window.held == Held::yes  ? "held"
                         : window.held == Held::no ? "not held"
                                                   : "cannot be told";
    listener_.say(fmt::format("{:>8} {:>18}  completion p50 {:>8}, p99 {:>8}  {}{}{}", in_words(step.why),
                              load_in_words(options_.axis, step.load),
                              time_in_words(result.figures.completion.percentile(50)),
                              time_in_words(result.figures.completion.percentile(99)), verdict,
                              window.why.empty() ? "" : ": ", window.why));
    climb_.windows.push_back(std::move(window));
  }

  void note_achieved() {
    for (const auto& window : climb_.windows) {
      if (window.step.load != climb_.finding.load || window.held != Held::yes) continue;
      const auto achieved = window.result.achieved_per_s();
      climb_.offered = window.result.offered_per_s();
      climb_.achieved = climb_.achieved > 0 ? std::min(climb_.achieved, achieved) : achieved;
    }
  }

  const Options& options_;
  const NamedTarget& target_;
  const Listener& listener_;
  Known known_;
  Climb climb_;
};

}  // namespace

std::variant<Sweep, Refusal> sweep(const Options& options_in, const Listener& listener) {
  auto options = options_in;
  if (options.slos.empty()) options.slos.push_back(*parse_slo("completion.p99<100ms"));
  Sweep sweep{options.axis, options.run, options.slos, {}, false};
  for (const auto& target : options.targets) {
    listener.say(fmt::format("{}: {}", target.name, server_in_words(target)));
    Climber climber(options, target, listener);
    if (const auto refusal = climber.run(sweep.interrupted)) return *refusal;
    sweep.climbs.push_back(climber.take());
    if (sweep.interrupted) break;
  }
  return sweep;
}

}  // namespace chatlab::loadgen
