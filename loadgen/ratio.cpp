#include "loadgen/ratio.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace chatlab::loadgen {
namespace {

constexpr std::size_t resamples_within = 40;  // of each round
constexpr std::size_t resamples_of_all = 1000;
constexpr std::size_t most_times = 4000;  // of a round: more make the median no surer

double percentile(std::vector<double>& values, double percent) {
  const auto wanted = std::ceil(percent / 100 * static_cast<double>(values.size()) - 1e-6);
  const auto place = static_cast<std::ptrdiff_t>(std::max(1.0, wanted)) - 1;
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

/// So many times that every n-th is taken, in their order.
std::vector<double> thinned(std::span<const std::int64_t> times_us) {
  const auto every = (times_us.size() + most_times - 1) / most_times;
  std::vector<double> logs;
  for (std::size_t i = 0; i < times_us.size(); i += every)
    logs.push_back(std::log(static_cast<double>(std::max<std::int64_t>(1, times_us[i]))));
  return logs;
}

/// The quantile of Student's t that leaves half of what `sureness_percent` leaves on each side.
double student_t(std::size_t degrees) {
  constexpr double exact[] = {63.657, 9.925, 5.841, 4.604, 4.032};  // for 1 to 5
  if (degrees <= std::size(exact)) return exact[std::max<std::size_t>(1, degrees) - 1];
  constexpr double z =
      2.5758;  // the normal distribution's, and the first terms of the expansion by 1 / degrees
  const auto n = static_cast<double>(degrees);
  return z + (z * z * z + z) / (4 * n) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n) +
         (3 * std::pow(z, 7) + 19 * std::pow(z, 5) + 17 * z * z * z - 15 * z) / (384 * n * n * n);
}

double mean_log(std::span<const Round> rounds) {
  double sum = 0;
  for (const auto& round : rounds) sum += round.log;
  return sum / static_cast<double>(rounds.size());
}

class Resampler {
 public:
  explicit Resampler(std::uint64_t seed) : random_(seed) {}

  double standard_error(std::span<const Round> of, std::span<const Round> to, Pairing pairing) {
    std::vector<double> means;
    for (std::size_t i = 0; i < resamples_of_all; ++i) means.push_back(resampled_difference(of, to, pairing));
    double mean = 0, squares = 0;
    for (const double value : means) mean += value / static_cast<double>(means.size());
    for (const double value : means) squares += (value - mean) * (value - mean);
    // Resampling n rounds finds a spread that is too small by (n - 1) / n.
    const auto n = static_cast<double>(std::min(of.size(), to.size()));
    return std::sqrt(squares / static_cast<double>(means.size() - 1)) * std::sqrt(n / (n - 1));
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  double draw(const Round& round) {
    return round.resampled.empty() ? round.log : round.resampled[below(round.resampled.size())];
  }

  double resampled_difference(std::span<const Round> of, std::span<const Round> to, Pairing pairing) {
    double sum_of = 0, sum_to = 0;
    if (pairing == Pairing::paired) {
      for (std::size_t i = 0; i < of.size(); ++i) {
        const auto round = below(of.size());
        sum_of += draw(of[round]);
        sum_to += draw(to[round]);
      }
    } else {
      for (std::size_t i = 0; i < of.size(); ++i) sum_of += draw(of[below(of.size())]);
      for (std::size_t i = 0; i < to.size(); ++i) sum_to += draw(to[below(to.size())]);
    }
    return sum_of / static_cast<double>(of.size()) - sum_to / static_cast<double>(to.size());
  }

  std::mt19937_64 random_;
};

}  // namespace

Round percentile_of_round(std::span<const std::int64_t> times_us, double percent, std::uint64_t seed) {
  auto logs = thinned(times_us);
  const auto block = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(logs.size()))));
  std::mt19937_64 random(seed);
  Round round;
  std::vector<double> drawn;
  for (std::size_t i = 0; i < resamples_within; ++i) {
    drawn.clear();
    while (drawn.size() < logs.size()) {
      const auto begin = static_cast<std::size_t>(random() % (logs.size() - block + 1));
      const auto end = begin + std::min(block, logs.size() - drawn.size());
      drawn.insert(drawn.end(), logs.begin() + static_cast<std::ptrdiff_t>(begin),
                   logs.begin() + static_cast<std::ptrdiff_t>(end));
    }
    round.resampled.push_back(percentile(drawn, percent));
  }
  round.log = percentile(logs, percent);
  return round;
}

Round number_of_round(double number) {
  return {std::log(number), {}};
}

Ratio ratio(std::span<const Round> of, std::span<const Round> to, Pairing pairing, std::uint64_t seed) {
  if (of.empty() || to.empty()) return {};
  if (pairing == Pairing::paired && of.size() != to.size()) pairing = Pairing::separate;
  const double log = mean_log(of) - mean_log(to);
  const auto fewest = std::min(of.size(), to.size());
  if (fewest < fewest_rounds) return {std::exp(log), 0, std::numeric_limits<double>::infinity()};
  const double half = student_t(fewest - 1) * Resampler(seed).standard_error(of, to, pairing);
  return {std::exp(log), std::exp(log - half), std::exp(log + half)};
}

Difference difference(const Ratio& ratio) {
  if (!ratio.is_known() || std::isinf(ratio.high)) return Difference::unknown;
  if (ratio.low > 1 && ratio.ratio >= 1 + least_difference) return Difference::slower;
  if (ratio.high < 1 && ratio.ratio <= 1 / (1 + least_difference)) return Difference::faster;
  return Difference::none;
}

std::uint32_t rounds_to_show(const Ratio& ratio, std::size_t rounds, double share) {
  if (rounds < fewest_rounds || !ratio.is_known()) return recommended_rounds;
  const double error = std::log(ratio.high / ratio.ratio) / student_t(rounds - 1);
  const double scatter = error * std::sqrt(static_cast<double>(rounds));
  // The difference has to be seen also where chance makes it look smaller, by two of its standard errors.
  constexpr double bad_luck = 2;
  constexpr std::uint32_t most = 1000;
  for (auto n = fewest_rounds; n < most; ++n) {
    if ((student_t(n - 1) + bad_luck) * scatter / std::sqrt(static_cast<double>(n)) <= std::log1p(share))
      return n;
  }
  return most;
}

}  // namespace chatlab::loadgen
