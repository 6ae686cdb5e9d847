// Times from 1 us to 1 h with 3 significant digits, in HdrHistogram's bucket layout. One thread writes; what
// several threads wrote is merged, exactly. What is longer than an hour, or never came, is counted apart and
// keeps its place in the percentiles; so does what is negative, or shorter than can be told.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace chatlab::loadgen {

using Microseconds = std::chrono::microseconds;

class Histogram {
 public:
  static constexpr int significant_digits = 3;
  static constexpr Microseconds lowest{1};
  static constexpr Microseconds highest = std::chrono::hours(1);
  static constexpr Microseconds hidden{-1};  ///< stands for every time that is shorter than can be told

  /// A power of two that tells 2 * 10^3 values apart: the layout's resolution.
  static constexpr int sub_bucket_bits = 11;
  static constexpr std::size_t sub_buckets = 1 << sub_bucket_bits;
  static constexpr std::size_t counters = [] {
    std::size_t buckets = 1;
    for (std::int64_t beyond = sub_buckets; beyond <= highest.count(); beyond <<= 1) ++buckets;
    return (buckets + 1) * (sub_buckets / 2);
  }();

  Histogram() : counts_(counters) {}

  /// A negative time counts as under range, one beyond `highest` as over range.
  void record(std::chrono::nanoseconds time) {
    const std::int64_t value_us = time.count() / 1000;
    if (time.count() < 0) [[unlikely]] {
      ++under_range_;
    } else if (value_us > highest.count()) {
      ++over_range_;
    } else {
      ++counts_[index_of(value_us)];
      ++in_range_;
    }
  }
  void record(Microseconds value, std::uint64_t times);
  void record_over_range(std::uint64_t times) { over_range_ += times; }
  void record_under_range(std::uint64_t times) { under_range_ += times; }

  /// What is shorter was not measured well enough: it moves under range.
  void hide_below(Microseconds least);
  Microseconds hidden_below() const { return hidden_below_; }

  void merge(const Histogram& other);
  void clear();

  std::uint64_t count() const { return under_range_ + in_range_ + over_range_; }
  std::uint64_t in_range() const { return in_range_; }
  std::uint64_t over_range() const { return over_range_; }
  std::uint64_t under_range() const { return under_range_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }

  /// The value that `percent` of all recorded values do not exceed, as the highest value that its counter
  /// stands for. Nothing where there are no values, or where the answer is "longer than an hour, or never";
  /// `hidden` where it is under range.
  std::optional<Microseconds> percentile(double percent) const;
  /// Nothing where it is hidden, too.
  static std::optional<Microseconds> told(std::optional<Microseconds> time) {
    return time == hidden ? std::nullopt : time;
  }

  // Of the values in range. As HdrHistogram has them: every value taken for the middle of its counter.
  std::optional<Microseconds> min() const;
  std::optional<Microseconds> max() const;
  double mean_us() const;
  double standard_deviation_us() const;

  // The layout.
  static std::size_t index_of(std::int64_t value_us) {
    constexpr std::uint64_t mask = sub_buckets - 1;
    const int bucket = 64 - sub_bucket_bits - __builtin_clzll(static_cast<std::uint64_t>(value_us) | mask);
    const auto sub_bucket = static_cast<std::size_t>(value_us >> bucket);
    return static_cast<std::size_t>(bucket) * (sub_buckets / 2) + sub_bucket;
  }
  static Microseconds lowest_of(std::size_t index);
  static Microseconds highest_of(std::size_t index);
  static double middle_of_us(std::size_t index);

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t in_range_ = 0;
  std::uint64_t over_range_ = 0;
  std::uint64_t under_range_ = 0;
  Microseconds hidden_below_{};
};

}  // namespace chatlab::loadgen
