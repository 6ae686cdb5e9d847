#include "loadgen/compare.hpp"

#include <fmt/format.h>

#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

Options options_for(const Options& options, const NamedTarget& target) {
  auto own = options;
  own.url = target.url;
  own.launch = target.launch;
  own.slos.clear();
  return own;
}

class Race {
 public:
  Race(const Options& options, const Listener& listener) : options_(options), listener_(listener) {
    comparison_.settings = options.run;
    for (const auto& target : options.targets)
      comparison_.contenders.push_back(
          {target.name, server_in_words(target), false, {}, {}, Standing::ranked, ""});
    passed_the_gate_.resize(options.targets.size());
  }

  std::variant<Comparison, Refusal> run() {
    for (const auto& order : turns(options_.targets.size(), options_.rounds, options_.run.seed)) {
      ++comparison_.rounds;
      for (const auto number : order) {
        if (const auto refusal = take_turn(number)) return *refusal;
        if (comparison_.interrupted) return finish();
      }
    }
    return finish();
  }

 private:
  /// A refusal ends it all: nothing about the server, but about what was asked.
  std::optional<Refusal> take_turn(std::size_t number) {
    auto& contender = comparison_.contenders[number];
    if (contender.standing >= Standing::refused) return std::nullopt;  // its rounds would be wasted
    listener_.say(fmt::format("round {} of {}: {}", comparison_.rounds, options_.rounds, contender.name));
    const auto outcome = measure(options_for(options_, options_.targets[number]), quiet(),
                                 {capacity_per_s_, static_cast<bool>(passed_the_gate_[number])});
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      if (refusal->code != ExitCode::integrity) return *refusal;
      contender.standing = Standing::refused;
      contender.why = fmt::format("round {}: {}", comparison_.rounds, refusal->text);
      return std::nullopt;
    }
    const auto& result = std::get<Result>(outcome);
    if (result.interrupted) {  // half a round is none
      comparison_.interrupted = true;
      return std::nullopt;
    }
    capacity_per_s_ = result.capacity_per_s ? result.capacity_per_s : capacity_per_s_;
    passed_the_gate_[number] = !result.unreachable;
    listener_.say(result.unreachable ? fmt::format("  {}", *result.unreachable)
                                     : fmt::format("  completion p50 {}, p99 {}; {}",
                                                   time_in_words(result.figures.completion.percentile(50)),
                                                   time_in_words(result.figures.completion.percentile(99)),
                                                   to_string(result.verdict.trust)));
    contender.rounds.push_back(compared(result));
    contender.results.push_back(result);
    if (result.unreachable || result.died) contender.standing = Standing::dead;
    return std::nullopt;
  }

  /// What goes on within a round is told on a terminal's last line only.
  Listener quiet() const {
    auto listener = listener_;
    listener.say = [](const std::string&) {};
    return listener;
  }

  Comparison finish() {
    // Judged anew from what was measured: that it was left out of later rounds is not what is wrong with it.
    for (auto& contender : comparison_.contenders) {
      if (contender.standing == Standing::dead) contender.standing = Standing::ranked;
    }
    return std::move(comparison_);
  }

  const Options& options_;
  const Listener& listener_;
  Comparison comparison_;
  std::vector<char> passed_the_gate_;
  std::optional<double> capacity_per_s_;
};

}  // namespace

std::variant<Comparison, Refusal> compare(const Options& options, const Listener& listener,
                                          std::optional<Baseline> baseline) {
  auto outcome = Race(options, listener).run();
  auto* comparison = std::get_if<Comparison>(&outcome);
  if (!comparison) return outcome;
  if (baseline) {
    comparison->contenders.insert(comparison->contenders.begin(), std::move(baseline->contender));
    comparison->remarks = std::move(baseline->remarks);
  }
  judge(*comparison);
  return outcome;
}

}  // namespace chatlab::loadgen
