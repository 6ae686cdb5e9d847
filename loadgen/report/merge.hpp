// Reports of several processes that ran together, added up to one: histograms count by count, so percentiles
// are exact; the worst verdict is the verdict of all.
#pragma once

#include <string>
#include <vector>

#include "client/url.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

/// Reads reports in JSON. A failure names the file and what is wrong with it.
boost::system::result<Result, client::Failure> merge_reports(const std::vector<std::string>& paths);

}  // namespace chatlab::loadgen
