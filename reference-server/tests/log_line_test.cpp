#include "reference-server/log_line.hpp"

#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace chatlab::server {
namespace {

std::string written(std::unique_ptr<spdlog::formatter> lines, const std::string& words) {
  std::ostringstream text;
  spdlog::logger log("under test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  log.set_formatter(std::move(lines));
  log.warn(words);
  return text.str();
}

TEST(LogLine, IsTimeLevelAndWords) {
  const auto line = written(text_lines(), "some words");
  EXPECT_TRUE(line.ends_with(" warning some words\n")) << line;
  EXPECT_EQ(line.at(10), 'T') << line;
}

TEST(LogLine, IsOneJsonObject) {
  const auto words = "\"quoted\" \\ {} \xFF";
  const auto line = written(json_lines(), words);
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  const auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["level"], "warning");
  EXPECT_EQ(object["message"], "\"quoted\" \\ {} \xEF\xBF\xBD");
  EXPECT_EQ(std::string(object["time"]).at(10), 'T');
  EXPECT_EQ(object.size(), 3U);
}

}  // namespace
}  // namespace chatlab::server
