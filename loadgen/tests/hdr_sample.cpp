// Writes PREFIX.hgrm and PREFIX.hlog of the values (in microseconds) that come on standard input: for
// hdr_oracle_test.py, which lets HdrHistogram's own tools read them.
#include <fstream>
#include <iostream>

#include "loadgen/histogram_log.hpp"

int main(int argc, char** argv) {
  using namespace chatlab::loadgen;
  using namespace std::chrono_literals;
  if (argc != 2) return 2;
  constexpr std::uint64_t values_per_interval = 1000;
  Histogram all, interval;
  std::vector<Interval> intervals;
  const auto close = [&] {
    intervals.push_back(Interval::of(interval, intervals.size() * 1s, 1s));
    all.merge(interval);
    interval.clear();
  };
  for (std::int64_t value_us = 0; std::cin >> value_us;) {
    interval.record(std::chrono::microseconds(value_us), 1);
    if (interval.count() == values_per_interval) close();
  }
  close();
  const std::string prefix = argv[1];
  std::ofstream(prefix + ".hgrm") << percentile_distribution(all);
  constexpr double started_s = 1.7e9;  // in 2023: near 1970, HdrHistogram takes begins for absolute times
  std::ofstream(prefix + ".hlog") << histogram_log(intervals, started_s);
  for (const double percent : {0.0, 50.0, 90.0, 99.0, 99.9, 100.0})
    std::cout << all.percentile(percent).value_or(0us).count() << '\n';
}
