// A promise to hold the figures against: "completion.p99<25ms". Pure.
#pragma once

#include <string>

#include "client/url.hpp"
#include "loadgen/figures.hpp"

namespace chatlab::loadgen {

struct Slo {
  std::string text;    ///< as it was given
  std::string value;   ///< which figure: "completion", "reach", ...
  double percent = 0;  ///< of the times: 100 is the maximum
  bool at_most = true;
  double bound = 0;  ///< microseconds, a share (0.999), or a number
};

/// "TIMES.pN<TIME", with TIMES one of completion, delivery, first, spread, raw, send_lag, N a percentile or
/// max; "reach>99.9%"; "lost<1", "duplicates<1". The sign may be <= or >= and means the same.
boost::system::result<Slo, client::Failure> parse_slo(const std::string& text);

struct SloResult {
  std::string text;
  bool kept = false;
  std::string measured;  ///< in words
};
SloResult hold_against(const Slo& slo, const Figures& figures);

/// The times of a report by their names; nullptr for another name.
const Histogram* times_named(const Figures& figures, std::string_view name);

}  // namespace chatlab::loadgen
