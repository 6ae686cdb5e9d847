// The ways in which a comparison is told, and read again as a baseline. Nothing is judged here.
#pragma once

#include <string>

#include "client/url.hpp"
#include "loadgen/comparison.hpp"

namespace chatlab::loadgen {

/// For people: side by side, with ratios and intervals; then the verdict in sentences.
std::string text_report(const Comparison& comparison, bool colour);

/// For programs, and for a later --baseline: loadgen/report/comparison.schema.json says what is in it.
std::string json_report(const Comparison& comparison);

/// A line for each server and round.
std::string csv_report(const Comparison& comparison);

struct Baseline {
  Contender contender;
  std::vector<std::string> remarks;  ///< what differs, other than the server
};

/// The server of this name in a report of before, or its only one. A failure where it was measured with
/// another load: that is no comparison.
boost::system::result<Baseline, client::Failure> read_baseline(const std::string& path,
                                                               const std::string& name,
                                                               const Settings& settings);

}  // namespace chatlab::loadgen
