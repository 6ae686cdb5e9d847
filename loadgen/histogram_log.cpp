#include "loadgen/histogram_log.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cmath>

#include "loadgen/moment.hpp"

namespace chatlab::loadgen {
namespace {

constexpr double us_per_ms = 1000;
constexpr int ticks_per_half_distance = 5;  // as HdrHistogram's tools print it

template <class Number>
void append_big_endian(std::string& bytes, Number number) {
  for (int shift = (static_cast<int>(sizeof number) - 1) * 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xff);
  }
}

/// ZigZag, then LEB128, at most 9 bytes: how HdrHistogram's V2 encoding writes a count.
void append_count(std::string& bytes, std::int64_t count) {
  auto value = (static_cast<std::uint64_t>(count) << 1) ^ static_cast<std::uint64_t>(count >> 63);
  for (int i = 0; i < 8 && value >= 0x80; ++i, value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
}

/// zlib's format without compressing ("stored" blocks): zero runs have left little to compress, and no other
/// library is needed.
std::string stored_zlib(std::string_view bytes) {
  constexpr std::size_t block_bytes = 65535;
  std::string out("\x78\x01", 2);
  std::uint32_t low = 1, high = 0;  // Adler-32
  for (const char byte : bytes) {
    low = (low + static_cast<unsigned char>(byte)) % 65521;
    high = (high + low) % 65521;
  }
  do {
    const auto block = bytes.substr(0, block_bytes);
    bytes.remove_prefix(block.size());
    const auto size = static_cast<std::uint16_t>(block.size());
    const std::uint16_t complement = static_cast<std::uint16_t>(~size);
    out += static_cast<char>(bytes.empty() ? 1 : 0);
    for (const auto number : {size, complement}) {
      out += static_cast<char>(number & 0xff);
      out += static_cast<char>(number >> 8);
    }
    out += block;
  } while (!bytes.empty());
  append_big_endian(out, high << 16 | low);
  return out;
}

std::string encoded_counts(const Interval& interval) {
  std::string bytes;
  std::uint32_t next = 0;
  for (const auto& [index, count] : interval.counts) {
    if (index > next) append_count(bytes, -static_cast<std::int64_t>(index - next));
    append_count(bytes, static_cast<std::int64_t>(count));
    next = index + 1;
  }
  return bytes;
}

/// HdrHistogram's V2 encoding, compressed form, in base64.
std::string encoded(const Interval& interval) {
  constexpr std::uint32_t v2_cookie = 0x1c849313, v2_compressed_cookie = 0x1c849314;
  const auto counts = encoded_counts(interval);
  std::string plain;
  append_big_endian(plain, v2_cookie);
  append_big_endian(plain, static_cast<std::uint32_t>(counts.size()));
  append_big_endian(plain, std::uint32_t{0});  // normalizing index offset
  append_big_endian(plain, std::uint32_t{Histogram::significant_digits});
  append_big_endian(plain, Histogram::lowest.count());
  append_big_endian(plain, Histogram::highest.count());
  append_big_endian(plain, std::uint64_t{0x3ff0000000000000});  // integer to double ratio: 1.0
  plain += counts;
  const auto compressed = stored_zlib(plain);
  std::string bytes;
  append_big_endian(bytes, v2_compressed_cookie);
  append_big_endian(bytes, static_cast<std::uint32_t>(compressed.size()));
  bytes += compressed;
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// The steps of the distribution: 5 between 0 and 50 %, 5 more on every half of what is left.
class Ladder {
 public:
  double level() const { return level_; }
  void climb() {
    const double half_distances = std::pow(2, std::trunc(std::log2(100.0 / (100.0 - level_))) + 1);
    level_ += 100.0 / (ticks_per_half_distance * half_distances);
  }

 private:
  double level_ = 0;
};

std::string out_of_range(std::uint64_t under, std::uint64_t over) {
  std::string text;
  if (under) text += fmt::format("#[Under range, or hidden: {}]\n", under);
  if (over) text += fmt::format("#[Over range, or lost: {}]\n", over);
  return text;
}

}  // namespace

std::string percentile_distribution(const Histogram& histogram) {
  std::string text =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  const auto total = histogram.in_range();
  std::uint64_t seen = 0;
  Ladder ladder;
  for (std::size_t i = 0; i < Histogram::counters && seen < total; ++i) {
    const auto count = histogram.counts()[i];
    if (count == 0) continue;
    seen += count;
    const double reached = 100.0 * static_cast<double>(seen) / static_cast<double>(total);
    const double value_ms = static_cast<double>(Histogram::highest_of(i).count()) / us_per_ms;
    while (reached >= ladder.level()) {
      text += fmt::format("{:12.3f} {:2.12f} {:10d} {:14.2f}\n", value_ms, ladder.level() / 100, seen,
                          1 / (1 - ladder.level() / 100));
      ladder.climb();
      if (seen == total) break;  // the last value has one step, and the line of 100 %
    }
    if (seen == total) text += fmt::format("{:12.3f} {:2.12f} {:10d}\n", value_ms, 1.0, seen);
  }
  const auto max = histogram.max().value_or(Microseconds(0));
  text += fmt::format(
      "#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n#[Max     = {:12.3f}, Total count    = "
      "{:12d}]\n#[Buckets = {:12d}, SubBuckets     = {:12d}]\n",
      histogram.mean_us() / us_per_ms, histogram.standard_deviation_us() / us_per_ms,
      static_cast<double>(max.count()) / us_per_ms, total,
      Histogram::counters / (Histogram::sub_buckets / 2) - 1, Histogram::sub_buckets);
  return text + out_of_range(histogram.under_range(), histogram.over_range());
}

Interval Interval::of(const Histogram& histogram, std::chrono::nanoseconds begin,
                      std::chrono::nanoseconds length) {
  Interval interval{begin, length, histogram.under_range(), histogram.over_range(), {}};
  for (std::uint32_t i = 0; i < Histogram::counters; ++i) {
    if (histogram.counts()[i]) interval.counts.emplace_back(i, histogram.counts()[i]);
  }
  return interval;
}

void Interval::add_to(Histogram& histogram) const {
  for (const auto& [index, count] : counts) histogram.record(Histogram::lowest_of(index), count);
  histogram.record_under_range(under_range);
  histogram.record_over_range(over_range);
}

std::string histogram_log(const std::vector<Interval>& intervals, double started_s) {
  std::uint64_t under = 0, over = 0;
  for (const auto& interval : intervals) {
    under += interval.under_range;
    over += interval.over_range;
  }
  std::string text = fmt::format(
      "#[Histogram log format version 1.3]\n#[StartTime: {:.3f} (seconds since epoch)]\n"
      "#[Values are in microseconds]\n{}"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
      started_s, out_of_range(under, over));
  for (const auto& interval : intervals) {
    const auto max_us =
        interval.counts.empty() ? 0 : Histogram::highest_of(interval.counts.back().first).count();
    text += fmt::format("{:.3f},{:.3f},{:.3f},{}\n", in_seconds(interval.begin), in_seconds(interval.length),
                        static_cast<double>(max_us) / us_per_ms, encoded(interval));
  }
  return text;
}

}  // namespace chatlab::loadgen
