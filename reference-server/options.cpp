#include "reference-server/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cxxopts.hpp>
#include <optional>

namespace chatlab::server {
namespace {

constexpr auto introduction = R"(The reference server of the Mini Chat lab, and its chat page.

WebSocket connections are taken on any path; the page is served over HTTP at /.
)";

constexpr auto epilogue = R"(
Environment:
  PORT, WS_PORT   the port, where --port does not say; PORT is looked at first

Exit codes:
  0  stopped by SIGINT or SIGTERM, every socket closed with 1001
  2  wrong usage, or the port cannot be had

Examples:
  chatlab-server                  ws://localhost:8081 and the page at http://localhost:8081/
  chatlab-server --port 0         on a free port; the first line printed names it
)";

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

std::variant<Settings, Information, UsageError> read_options(int argc, const char* const* argv,
                                                             Environment environment) {
  cxxopts::Options options("chatlab-server", introduction);
  options.add_options()                                                      //
      ("host", "address or name to listen on (default: 127.0.0.1 and ::1)",  //
       cxxopts::value<std::string>(), "HOST")                                //
      ("port", "port to listen on; 0 takes a free one (default: 8081)",      //
       cxxopts::value<std::string>(), "N")                                   //
      ("help", "print this and exit")                                        //
      ("version", "print the version and exit");
  try {
    const auto given = options.parse(argc, argv);
    if (given.count("help")) return Information{options.help() + epilogue};
    if (given.count("version")) return Information{"chatlab-server " CHATLAB_VERSION "\n"};
    if (!given.unmatched().empty()) {
      return UsageError{
          fmt::format("'{}' is not an option; see chatlab-server --help", given.unmatched()[0])};
    }
    Settings settings;
    if (given.count("host")) settings.host = given["host"].as<std::string>();
    std::string origin = "--port";
    std::string port;
    if (given.count("port")) port = given["port"].as<std::string>();
    for (const char* name : {"PORT", "WS_PORT"}) {
      const char* value = environment(name);
      if (given.count("port") || !port.empty() || !value || !*value) continue;
      port = value;
      origin = name;
    }
    if (given.count("port") || !port.empty()) {
      const auto number = parse_port(port);
      if (!number) {
        return UsageError{fmt::format("{} must be a port from 0 to 65535; it is '{}'", origin, port)};
      }
      settings.port = *number;
    }
    return settings;
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-server --help", error.what())};
  }
}

}  // namespace chatlab::server
