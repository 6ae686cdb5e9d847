// chatlab-server: options -> Server -> run.
#include <fmt/core.h>
#include <fmt/ostream.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <cstdio>
#include <cstdlib>

#include "reference-server/log_line.hpp"
#include "reference-server/options.hpp"
#include "reference-server/server.hpp"

namespace {

using namespace chatlab::server;

enum ExitCode { success = 0, usage_error = 2 };

int serve(const Options& options) {
  const auto log = spdlog::stderr_color_mt("chatlab-server");
  log->set_formatter(options.logs_json ? json_lines() : text_lines());
  log->set_level(options.log_level);
  Server server(options.settings, *log);
  const auto listening = server.listen();
  if (listening.has_error()) {
    fmt::print(stderr, "chatlab-server: {}\n", listening.error().text);
    return usage_error;
  }
  server.handle_signals();
  const char* secure = options.settings.certificate_file.empty() ? "" : "s";
  for (const auto& endpoint : *listening)
    fmt::print("listening on ws{}://{}\n", secure, fmt::streamed(endpoint));
  const auto& first = listening->front();
  const bool is_here = first.address().is_loopback() || first.address().is_unspecified();
  fmt::print("chat page at http{}://{}/\n", secure,
             is_here ? fmt::format("localhost:{}", first.port()) : fmt::format("{}", fmt::streamed(first)));
  std::fflush(stdout);
  server.run();
  return success;
}

}  // namespace

int main(int argc, char** argv) {
  const auto wanted =
      read_options(argc, argv, [](const char* name) -> const char* { return std::getenv(name); });
  if (const auto* information = std::get_if<Information>(&wanted)) {
    fmt::print("{}", information->text);
    return success;
  }
  if (const auto* error = std::get_if<UsageError>(&wanted)) {
    fmt::print(stderr, "chatlab-server: {}\n", error->text);
    return usage_error;
  }
  return serve(std::get<Options>(wanted));
}
