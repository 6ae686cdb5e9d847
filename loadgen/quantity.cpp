#include "loadgen/quantity.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace chatlab::loadgen {
namespace {

constexpr double longest_s = 24 * 3600;

/// Three digits that count, without an exponent.
std::string three_digits(double value) {
  return fmt::format("{:.{}f}", value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::chrono::nanoseconds> parse_time(std::string_view text) {
  const auto unit_at = std::min(text.find_first_not_of("0123456789.+-"), text.size());
  const auto value = parse_number(text.substr(0, unit_at));
  const auto unit = text.substr(unit_at);
  double unit_s = 0;
  if (unit.empty() || unit == "s") unit_s = 1;
  if (unit == "us") unit_s = 1e-6;
  if (unit == "ms") unit_s = 1e-3;
  if (unit == "m") unit_s = 60;
  if (unit == "h") unit_s = 3600;
  if (!value || unit_s == 0 || *value < 0 || *value * unit_s > longest_s) return std::nullopt;
  return std::chrono::nanoseconds(std::llround(*value * unit_s * 1e9));
}

std::string time_in_words(std::optional<std::chrono::microseconds> time) {
  if (!time) return "lost";
  if (time->count() < 0) return "hidden";
  const auto value_us = static_cast<double>(time->count());
  if (value_us < 1000) return fmt::format("{} us", time->count());
  if (value_us < 1e6) return three_digits(value_us / 1e3) + " ms";
  return three_digits(value_us / 1e6) + " s";
}

std::string number_in_words(double number) {
  if (number < 1000) return fmt::format("{:g}", std::round(number * 10) / 10);
  if (number < 1e6) return three_digits(number / 1e3) + "k";
  if (number < 1e9) return three_digits(number / 1e6) + "M";
  return three_digits(number / 1e9) + "G";
}

}  // namespace chatlab::loadgen
