#include "conformance/duration.hpp"

#include <charconv>

namespace chatlab::conformance {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (failed != std::errc{} || value <= 0) return std::nullopt;
  double factor = 0;
  if (unit.empty() || unit == "s") factor = 1000;
  if (unit == "ms") factor = 1;
  constexpr double one_hour_ms = 3600e3;
  if (factor == 0 || value * factor < 1 || value * factor > one_hour_ms) return std::nullopt;
  return std::chrono::milliseconds(static_cast<long>(value * factor));
}

}  // namespace chatlab::conformance
