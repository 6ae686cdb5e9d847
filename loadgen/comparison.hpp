// Servers side by side: what the rounds of each come to, and which is faster, as far as these rounds can
// show. Values and rules; nothing is run and nothing is printed here.
#pragma once

#include "loadgen/ratio.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

/// What a comparison needs of one round of one server.
struct ComparedRound {
  Trust trust = Trust::valid;
  std::vector<std::int64_t> completions_us;  ///< in the order of sending
  double deliveries_per_s = 0;
  std::optional<double> server_cpu_us;  ///< for each delivery
  std::optional<double> server_memory_bytes;
};
ComparedRound compared(const Result& result);

enum class Standing {
  ranked,
  unsure,   ///< the generator could not measure it well enough
  lossy,    ///< it lost, doubled, reordered or changed messages
  refused,  ///< it did not pass the gate
  dead,     ///< it died, or could not be reached
};

struct Contender {
  std::string name;
  std::string words;  ///< the server
  bool from_baseline = false;
  std::vector<ComparedRound> rounds;
  std::vector<Result> results;  ///< of each round; none for a baseline
  Standing standing = Standing::ranked;
  std::string why;  ///< it is not ranked; what was seen, and when
};

/// A figure that is compared: less of it is better.
struct Measure {
  std::string name;
  enum class Unit { microseconds, microseconds_of_cpu, bytes } unit = Unit::microseconds;
  struct Entry {
    std::optional<double> value;  ///< the geometric mean of the rounds
    Ratio ratio;                  ///< to the base; unknown for the base itself, and where there is no value
    Difference difference = Difference::unknown;
  };
  std::vector<Entry> entries;  ///< for each contender
};

struct Comparison {
  Settings settings;
  std::uint32_t rounds = 0;
  bool interrupted = false;
  std::vector<Contender> contenders;
  std::vector<std::string> remarks;  ///< what the reader should know, such as another machine

  // Filled in by judge().
  std::size_t base = 0;              ///< the one that the others are compared with
  std::vector<Measure> measures;     ///< the first one decides
  std::vector<std::string> verdict;  ///< in sentences
};

void judge(Comparison& comparison);

/// The servers in the order of each round's turns: a shuffled order and its reverse, and so on, so that none
/// always comes first and a machine that grows slower is shared by all.
std::vector<std::vector<std::size_t>> turns(std::size_t servers, std::uint32_t rounds, std::uint64_t seed);

/// `fail_if_slower`: 0.1 for 10 %.
ExitCode exit_code(const Comparison& comparison, std::optional<double> fail_if_slower);

/// A measure's value with its unit.
std::string in_words(const Measure& measure, std::optional<double> value);
/// "slower", "more CPU", ...
std::string in_words(const Measure& measure, Difference difference);

}  // namespace chatlab::loadgen
