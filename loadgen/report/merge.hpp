// Reports of several processes that ran together, added up to one: histograms count by count, so percentiles
// are exact; the worst verdict is the verdict of all.
#pragma once

#include <string>
#include <vector>

#include "client/url.hpp"
#include "loadgen/result.hpp"

namespace chatlab::loadgen {

/// A report in JSON, and whose it is: a file, a rank.
struct NamedReport {
  std::string name;
  std::string json;
};

/// A failure names the report and what is wrong with it.
boost::system::result<Result, client::Failure> merge_reports(const std::vector<NamedReport>& reports);

/// The same of files.
boost::system::result<Result, client::Failure> merge_files(const std::vector<std::string>& paths);

}  // namespace chatlab::loadgen
