#include "loadgen/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace chatlab::loadgen {
namespace {

// About half a second of work, however many broadcasts there were.
constexpr std::size_t most_draws = 40'000'000;
constexpr std::size_t most_resamples = 1000, fewest_resamples = 100;
constexpr std::size_t largest_resample = 400'000;  // beyond, intervals come out a little wide

std::int64_t percentile(std::vector<std::int64_t>& values, double percent) {
  const auto wanted = std::ceil(percent / 100 * static_cast<double>(values.size()) - 1e-6);
  const auto place = static_cast<std::ptrdiff_t>(std::max(1.0, wanted)) - 1;
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

}  // namespace

std::vector<Confidence> confidence_95(std::span<const std::int64_t> values, std::span<const double> percents,
                                      std::uint64_t seed) {
  if (values.empty()) return {};
  const auto size = std::min(values.size(), largest_resample);
  const auto block = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(size))));
  const auto resamples = std::clamp(most_draws / size, fewest_resamples, most_resamples);
  std::mt19937_64 random(seed);
  std::vector<std::vector<std::int64_t>> estimates(percents.size());
  std::vector<std::int64_t> drawn;
  for (std::size_t i = 0; i < resamples; ++i) {
    drawn.clear();
    while (drawn.size() < size) {
      const auto begin = random() % (values.size() - std::min(block, values.size()) + 1);
      const auto end = begin + std::min(block, size - drawn.size());
      drawn.insert(drawn.end(), values.begin() + static_cast<std::ptrdiff_t>(begin),
                   values.begin() + static_cast<std::ptrdiff_t>(end));
    }
    for (std::size_t p = 0; p < percents.size(); ++p) estimates[p].push_back(percentile(drawn, percents[p]));
  }
  std::vector<Confidence> intervals;
  for (auto& estimate : estimates)
    intervals.push_back({percentile(estimate, 2.5), percentile(estimate, 97.5)});
  return intervals;
}

}  // namespace chatlab::loadgen
