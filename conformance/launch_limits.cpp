#include "conformance/launch_limits.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "conformance/duration.hpp"

namespace chatlab::conformance {
namespace {

/// A whole number, at least 1, and what follows it.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || number == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<std::size_t> parse_bytes(std::string_view text) {
  constexpr std::size_t most_units = 1 << 20;  // of anything: a tebibyte of mebibytes
  const auto number = take_number(text);
  if (!number || *number > most_units) return std::nullopt;
  if (text == "KiB") return *number << 10;
  if (text == "MiB") return *number << 20;
  if (text == "GiB") return *number << 30;
  return std::nullopt;
}

}  // namespace

boost::system::result<void, client::Failure> set_limit(client::Limits& limits, std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  auto value = text.substr(std::min(equals + 1, text.size()));
  if (name == "memory" || name == "file") {
    const auto bytes = parse_bytes(value);
    if (!bytes) {
      return client::Failure{
          fmt::format("--limit {} takes a size such as 64KiB, 512MiB or 2GiB, not '{}'", name, value)};
    }
    (name == "memory" ? limits.memory_bytes : limits.file_bytes) = *bytes;
    return {};
  }
  if (name == "processes") {
    const auto number = take_number(value);
    if (!number || !value.empty())
      return client::Failure{fmt::format("--limit processes takes a whole number, not '{}'", value)};
    limits.processes = *number;
    return {};
  }
  if (name == "cpu") {
    const auto time = parse_duration(value);
    if (!time || *time < std::chrono::seconds(1))
      return client::Failure{fmt::format("--limit cpu takes a time from 1s up, not '{}'", value)};
    limits.cpu_time = std::chrono::duration_cast<std::chrono::seconds>(*time);
    return {};
  }
  return client::Failure{fmt::format(
      "--limit is memory=2GiB, processes=64, file=256MiB or cpu=300s with a value of yours, not '{}'", text)};
}

}  // namespace chatlab::conformance
