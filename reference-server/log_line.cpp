#include "reference-server/log_line.hpp"

#include <spdlog/pattern_formatter.h>

#include <nlohmann/json.hpp>

namespace chatlab::server {
namespace {

constexpr auto time_pattern = "%Y-%m-%dT%H:%M:%S.%e%z";
constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

class JsonLines : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    spdlog::memory_buf_t time;
    time_.format(line, time);
    const nlohmann::ordered_json object = {
        {"time", std::string(time.data(), time.size())},
        {"level", std::string(spdlog::level::to_string_view(line.level).data())},
        {"message", std::string(line.payload.data(), line.payload.size())}};
    const auto text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out.append(text.data(), text.data() + text.size());
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return json_lines(); }

 private:
  spdlog::pattern_formatter time_{time_pattern, spdlog::pattern_time_type::local, ""};
};

}  // namespace

std::unique_ptr<spdlog::formatter> text_lines() {
  return std::make_unique<spdlog::pattern_formatter>(text_pattern);
}

std::unique_ptr<spdlog::formatter> json_lines() {
  return std::make_unique<JsonLines>();
}

}  // namespace chatlab::server
