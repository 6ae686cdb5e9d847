// How much slower one server is than another, and how sure that is: measured in rounds, in each of which both
// had their turn. Rounds are resampled, and within each round blocks of neighbouring broadcasts (a
// hierarchical bootstrap); Student's t widens the interval, because rounds are few. Pure; the same seed, the
// same answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace chatlab::loadgen {

/// By how sure the words "faster" and "slower" are: people compare again and again, so one false alarm in
/// twenty would be one every week.
inline constexpr double sureness_percent = 99;

/// A difference that is smaller than this is no difference to anybody, however sure it is.
inline constexpr double least_difference = 0.05;

/// Rounds that show a difference of 20 % where rounds of one server differ by 7 % (which they do on a machine
/// that others share); on a quiet machine they show one of 5 %.
inline constexpr std::uint32_t recommended_rounds = 12;
inline constexpr std::uint32_t fewest_rounds = 3;  ///< of less no interval is worth its name

/// What one round measured, in one figure: its logarithm, and the logarithms that resamples of the round had.
struct Round {
  double log = 0;
  std::vector<double> resampled;  ///< empty: nothing within the round to resample
};

/// A percentile of a round's times, in the order in which they were measured. They are not empty.
Round percentile_of_round(std::span<const std::int64_t> times_us, double percent, std::uint64_t seed);
/// A figure that a round has only one of, such as CPU for each delivery.
Round number_of_round(double number);

/// `of` divided by `to`: 1.2 means that it takes 20 % longer. An interval of 0 to infinity: cannot be said.
struct Ratio {
  double ratio = 1;
  double low = 0;
  double high = 0;
  bool is_known() const { return high > 0; }
};

enum class Pairing {
  paired,    ///< round i of both were neighbours, so that they share what disturbed them
  separate,  ///< measured at other times
};
Ratio ratio(std::span<const Round> of, std::span<const Round> to, Pairing pairing, std::uint64_t seed);

enum class Difference { none, faster, slower, unknown };
/// For figures of which less is better.
Difference difference(const Ratio& ratio);

/// How many rounds would show a difference of `share` (0.1: 10 %), if further rounds scatter like these did.
std::uint32_t rounds_to_show(const Ratio& ratio, std::size_t rounds, double share);

}  // namespace chatlab::loadgen
