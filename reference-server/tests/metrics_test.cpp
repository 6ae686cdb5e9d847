#include "reference-server/metrics.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <sstream>

namespace chatlab::server {
namespace {

using namespace std::chrono_literals;

TEST(Metrics, AreInPrometheusFormat) {
  std::istringstream lines(Metrics{}.in_words());
  const std::regex comment(R"(# (HELP|TYPE) chatlab_[a-z_]+ .+)");
  const std::regex sample(R"re(chatlab_[a-z_]+(\{[a-z]+="[^"]+"\})? [0-9.e+-]+)re");
  int samples = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(std::regex_match(line, comment) || std::regex_match(line, sample)) << line;
    samples += line[0] != '#';
  }
  EXPECT_GT(samples, 15);
}

TEST(Metrics, CountTurnsInCumulativeBuckets) {
  Metrics metrics;
  for (const auto duration : {50us, 500us, 700us, 50'000us}) metrics.count_turn(duration);
  metrics.count_turn(20s);
  const auto words = metrics.in_words();
  for (const auto* line : {"_bucket{le=\"0.0001\"} 1\n", "_bucket{le=\"0.001\"} 3\n",
                           "_bucket{le=\"0.01\"} 3\n", "_bucket{le=\"0.1\"} 4\n", "_bucket{le=\"10\"} 4\n",
                           "_bucket{le=\"+Inf\"} 5\n", "_sum 20.05125\n", "_count 5\n"}) {
    EXPECT_NE(words.find(std::string("chatlab_turn_seconds") + line), std::string::npos) << line << words;
  }
}

}  // namespace
}  // namespace chatlab::server
