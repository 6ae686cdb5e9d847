#include "loadgen/inner_server.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/null_sink.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "loadgen/reflector.hpp"
#include "reference-server/server.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::string_view serve_reference = "--serve-reference", serve_reflector = "--serve-reflector";

client::Launch this_program(std::string_view arguments) {
  std::string path;
  for (const char letter : std::filesystem::read_symlink("/proc/self/exe").string())
    path += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return {fmt::format("exec '{}' {}", path, arguments), "", client::Launch{}.startup};
}

int serve_as_reference(std::uint16_t port) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // it has no other purpose than the process that started it
  spdlog::logger log("reference server", std::make_shared<spdlog::sinks::null_sink_mt>());
  server::Settings settings;
  settings.host = "127.0.0.1";
  settings.port = port;
  server::Server server(settings, log);
  const auto listening = server.listen();
  if (listening.has_error()) {
    fmt::print(stderr, "chatlab-loadgen: {}\n", listening.error().text);
    return 1;
  }
  server.handle_signals();
  server.run();
  return 0;
}

}  // namespace

client::Launch reference_server() {
  return this_program(serve_reference);
}

client::Launch reflector(std::uint32_t clients) {
  return this_program(fmt::format("{} {}", serve_reflector, clients));
}

std::optional<int> serve_as_asked(int argc, const char* const* argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  if (wanted != serve_reference && wanted != serve_reflector) return std::nullopt;
  const char* port_text = std::getenv("PORT");
  const auto port = static_cast<std::uint16_t>(port_text ? std::atoi(port_text) : 0);
  if (wanted == serve_reference) return serve_as_reference(port);
  return serve_as_reflector(port, argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 0);
}

}  // namespace chatlab::loadgen
