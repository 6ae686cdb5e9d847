#include "loadgen/slo.hpp"

#include <fmt/format.h>

#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

using Parsed = boost::system::result<Slo, client::Failure>;

Parsed not_an_slo(const std::string& text, std::string_view why) {
  return client::Failure{
      fmt::format("--slo '{}' cannot be held against anything: {}. Write it as completion.p99<25ms, "
                  "reach>99.9% or lost<1",
                  text, why)};
}

bool is_a_count(std::string_view name) {
  return name == "lost" || name == "duplicates";
}

Parsed times_slo(Slo slo, std::string_view percentile, std::string_view bound) {
  if (percentile != "max") {
    const auto percent = parse_number(percentile.substr(std::min<std::size_t>(1, percentile.size())));
    if (!percentile.starts_with('p') || !percent || *percent < 0 || *percent > 100) {
      return not_an_slo(slo.text,
                        fmt::format("'{}' is neither max nor a percentile such as p99", percentile));
    }
    slo.percent = *percent;
  } else {
    slo.percent = 100;
  }
  const auto time = parse_time(bound);
  if (!time) return not_an_slo(slo.text, fmt::format("'{}' is no time such as 25ms", bound));
  slo.bound = static_cast<double>(time->count()) / 1000;
  return slo;
}

}  // namespace

const Histogram* times_named(const Figures& figures, std::string_view name) {
  if (name == "completion") return &figures.completion;
  if (name == "delivery") return &figures.delivery;
  if (name == "first") return &figures.first;
  if (name == "spread") return &figures.spread;
  if (name == "raw") return &figures.raw;
  if (name == "send_lag") return &figures.send_lag;
  return nullptr;
}

Parsed parse_slo(const std::string& text) {
  const auto sign = text.find_first_of("<>");
  if (sign == std::string::npos) return not_an_slo(text, "it has no < or >");
  auto bound = std::string_view(text).substr(sign + 1);
  if (bound.starts_with('=')) bound.remove_prefix(1);
  const auto left = std::string_view(text).substr(0, sign);
  const auto dot = left.find('.');
  Slo slo{text, std::string(left.substr(0, dot)), 0, text[sign] == '<', 0};
  if (dot != std::string_view::npos) {
    if (!times_named(Figures(), slo.value))
      return not_an_slo(text, fmt::format("'{}' is no time that is measured", slo.value));
    return times_slo(std::move(slo), left.substr(dot + 1), bound);
  }
  const bool share = slo.value == "reach";
  if (!share && !is_a_count(slo.value))
    return not_an_slo(text, fmt::format("'{}' is not measured", slo.value));
  if (share && bound.ends_with('%')) bound.remove_suffix(1);
  const auto number = parse_number(bound);
  if (!number || *number < 0) return not_an_slo(text, fmt::format("'{}' is no number", bound));
  slo.bound = share ? *number / 100 : *number;
  return slo;
}

SloResult hold_against(const Slo& slo, const Figures& figures) {
  const auto judged = [&](double value, std::string measured) {
    constexpr double rounding = 1e-9;  // 99.9 % is no binary fraction
    return SloResult{slo.text, slo.at_most ? value <= slo.bound : value >= slo.bound - rounding,
                     std::move(measured)};
  };
  if (slo.value == "reach") return judged(figures.reach(), fmt::format("{:.4f} %", figures.reach() * 100));
  if (is_a_count(slo.value)) {
    const auto count = slo.value == "lost" ? figures.lost() : figures.counts.duplicates;
    auto result = judged(static_cast<double>(count), std::to_string(count));
    // "lost<1" means none: counts are whole, so the sign is taken at its word.
    if (slo.at_most && slo.text.find('=') == std::string::npos)
      result.kept = static_cast<double>(count) < slo.bound;
    return result;
  }
  const auto* times = times_named(figures, slo.value);
  if (times->count() == 0) return {slo.text, false, "nothing was measured"};
  const auto time = times->percentile(slo.percent);
  if (time == Histogram::hidden && slo.bound < static_cast<double>(times->hidden_below().count()))
    return {slo.text, false,
            fmt::format("cannot be told: shorter than {}", time_in_words(times->hidden_below()))};
  return judged(time ? static_cast<double>(time->count()) : std::numeric_limits<double>::infinity(),
                time_in_words(time));
}

}  // namespace chatlab::loadgen
