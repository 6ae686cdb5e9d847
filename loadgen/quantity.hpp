// Numbers as people write and read them: "25ms", "1.5s", "12.345 ms". Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chatlab::loadgen {

/// "250us", "25ms", "30s", "2m", "1h", "2" (seconds). Not negative, at most 24 hours.
std::optional<std::chrono::nanoseconds> parse_time(std::string_view text);

/// The whole text is one finite number.
std::optional<double> parse_number(std::string_view text);

/// With the unit that fits: "873 us", "12.3 ms", "1.27 s"; "lost" for nothing, "hidden" for
/// what is negative.
std::string time_in_words(std::optional<std::chrono::microseconds> time);

/// "12.3k", "4.56M": three digits.
std::string number_in_words(double number);

}  // namespace chatlab::loadgen
