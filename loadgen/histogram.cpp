#include "loadgen/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace chatlab::loadgen {
namespace {

/// How far the values of a counter are shifted: each stands for 2^shift of them.
int shift_of(std::size_t index) {
  constexpr std::size_t half = Histogram::sub_buckets / 2;
  return index < Histogram::sub_buckets ? 0 : static_cast<int>(index / half) - 1;
}

}  // namespace

Microseconds Histogram::lowest_of(std::size_t index) {
  const int shift = shift_of(index);
  const auto sub_bucket = index - static_cast<std::size_t>(shift) * (sub_buckets / 2);
  return Microseconds(static_cast<std::int64_t>(sub_bucket) << shift);
}

Microseconds Histogram::highest_of(std::size_t index) {
  return lowest_of(index) + Microseconds((std::int64_t{1} << shift_of(index)) - 1);
}

double Histogram::middle_of_us(std::size_t index) {
  return static_cast<double>(lowest_of(index).count() + ((std::int64_t{1} << shift_of(index)) >> 1));
}

void Histogram::record(Microseconds value, std::uint64_t times) {
  if (value.count() < 0) {
    under_range_ += times;
  } else if (value > highest) {
    over_range_ += times;
  } else {
    counts_[index_of(value.count())] += times;
    in_range_ += times;
  }
}

void Histogram::hide_below(Microseconds least) {
  hidden_below_ = std::max(hidden_below_, least);
  for (std::size_t i = 0; i < counters && lowest_of(i) < least; ++i) {
    under_range_ += counts_[i];
    in_range_ -= counts_[i];
    counts_[i] = 0;
  }
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counters; ++i) counts_[i] += other.counts_[i];
  in_range_ += other.in_range_;
  over_range_ += other.over_range_;
  under_range_ += other.under_range_;
  hidden_below_ = std::max(hidden_below_, other.hidden_below_);
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  in_range_ = over_range_ = under_range_ = 0;
}

std::optional<Microseconds> Histogram::percentile(double percent) const {
  if (count() == 0) return std::nullopt;
  // The tiny subtraction undoes what binary fractions add: 99.9 % of 1000 values are 999, not 999.0000001.
  const double exact = std::min(percent, 100.0) / 100.0 * static_cast<double>(count());
  const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(exact - 1e-6)));
  std::uint64_t seen = under_range_;
  if (seen >= wanted) return hidden;
  for (std::size_t i = 0; i < counters; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return percent == 0 ? lowest_of(i) : highest_of(i);
  }
  return std::nullopt;
}

std::optional<Microseconds> Histogram::min() const {
  if (under_range_ > 0) return hidden;
  const auto first = std::find_if(counts_.begin(), counts_.end(), [](auto count) { return count > 0; });
  if (first == counts_.end()) return std::nullopt;
  return lowest_of(static_cast<std::size_t>(first - counts_.begin()));
}

std::optional<Microseconds> Histogram::max() const {
  const auto last = std::find_if(counts_.rbegin(), counts_.rend(), [](auto count) { return count > 0; });
  if (last == counts_.rend()) return std::nullopt;
  return highest_of(static_cast<std::size_t>(counts_.rend() - last) - 1);
}

double Histogram::mean_us() const {
  if (in_range_ == 0) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < counters; ++i) {
    if (counts_[i]) sum += middle_of_us(i) * static_cast<double>(counts_[i]);
  }
  return sum / static_cast<double>(in_range_);
}

double Histogram::standard_deviation_us() const {
  if (in_range_ == 0) return 0;
  const double mean = mean_us();
  double sum = 0;
  for (std::size_t i = 0; i < counters; ++i) {
    const double difference = middle_of_us(i) - mean;
    if (counts_[i]) sum += difference * difference * static_cast<double>(counts_[i]);
  }
  return std::sqrt(sum / static_cast<double>(in_range_));
}

}  // namespace chatlab::loadgen
