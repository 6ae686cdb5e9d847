// How far a percentile can be trusted: 95 % confidence intervals by resampling blocks of neighbouring
// broadcasts, because what delays one broadcast delays the next ones too. Pure; the same seed, the same
// answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace chatlab::loadgen {

struct Confidence {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// The interval for each of `percents`. `values`: in the order in which they were measured; may hold a
/// greatest value that stands for "never". Empty where there are no values.
std::vector<Confidence> confidence_95(std::span<const std::int64_t> values, std::span<const double> percents,
                                      std::uint64_t seed);

}  // namespace chatlab::loadgen
