#include "reference-server/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/host_name.hpp>
#include <charconv>
#include <cxxopts.hpp>
#include <limits>
#include <random>

#include "reference-server/cluster/event.hpp"

namespace chatlab::server {
namespace {

constexpr auto introduction = R"(The reference server of the Mini Chat lab, and its chat page.

WebSocket connections are taken on any path; the page is served over HTTP at /,
whether the server is up at /health, and what it counts at /metrics.
)";

constexpr auto epilogue = R"(
Environment:
  PORT, WS_PORT   the port, where --port does not say; PORT is looked at first

Signals:
  SIGINT, SIGTERM   stop: no new connections, what waits is sent, everybody is
                    closed with 1001
  SIGHUP            with TLS: load the certificate and its key again

Exit codes:
  0  stopped by SIGINT or SIGTERM, every socket closed with 1001
  2  wrong usage, or the port, the certificate or the cluster cannot be had

Examples:
  chatlab-server                  ws://localhost:8081 and the page at http://localhost:8081/
  chatlab-server --port 0         on a free port; the first line printed names it
  chatlab-server --cluster nats://10.0.0.1:4222 --node berlin
                                  one of several servers that are one room
  chatlab-server --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem
)";

/// Thrown within this file only: a value that an option cannot have.
struct WrongValue {
  std::string text;
};

std::size_t read_number(std::string_view text, std::string_view origin, std::string_view what,
                        std::size_t least, std::size_t most) {
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    throw WrongValue{fmt::format("{} must be {} from {} to {}; it is '{}'", origin, what, least, most, text)};
  }
  return number;
}

cxxopts::Options describe() {
  const auto text = [] { return cxxopts::value<std::string>(); };
  const auto number = [](auto value) {
    return cxxopts::value<std::string>()->default_value(std::to_string(value));
  };
  cxxopts::Options options("chatlab-server", introduction);
  options.add_options()  //
      ("host", "address or name to listen on (default: 127.0.0.1 and ::1)", text(), "HOST")(
          "port", "port to listen on; 0 takes a free one (default: 8081)", text(), "N")(
          "threads", "threads that serve; there is one order over all of them", number(1), "N")(
          "help", "print this and exit")("version", "print the version and exit");
  options.add_options("Clients")  //
      ("max-connections",
       "WebSocket connections at once, further ones get 503; 0: as many as there are descriptors", number(0),
       "N")("max-message", "longest message; a longer one closes with 1009", number(limits::message_bytes),
            "BYTES")("max-username", "longest username; a longer one is refused",
                     number(limits::username_bytes),
                     "BYTES")("outbox-limit", "what may wait for one client; more closes it with 1013",
                              number(limits::outbox_bytes), "BYTES")(
          "idle-timeout", "silence after which a client is given up; it is pinged at half of it",
          number(limits::idle.count()),
          "SECONDS")("drain-timeout", "time for a closing client to take what waits for it",
                     number(limits::farewell.count()), "SECONDS")(
          "coalesce-rosters",
          "a roster that still waits gives way to a newer one of its type (see P2 in PROTOCOL.md)")(
          "allow-origin", "let pages of this origin chat, and of no other; may be given again",
          cxxopts::value<std::vector<std::string>>(), "ORIGIN");
  options.add_options("TLS and proxies")  //
      ("tls-cert", "certificate and its chain, PEM: wss and https instead of ws and http", text(), "FILE")(
          "tls-key", "the certificate's key, PEM", text(), "FILE")(
          "trust-proxy", "log the client that X-Forwarded-For names");
  options.add_options("Cluster")  //
      ("cluster",
       "be one of several servers that are one room, over NATS with JetStream: nats://HOST:4222[,...]",
       text(), "URLS")("cluster-name", "the room; servers of one room have one name",
                       cxxopts::value<std::string>()->default_value(ClusterSettings{}.room), "ROOM")(
          "node", "this server's name in it, its own (default: the host's and the port)", text(), "NAME")(
          "cluster-creds", "NATS credentials (a .creds file)", text(), "FILE")(
          "cluster-ca", "the authority of NATS' certificate, PEM, where it is not the system's", text(),
          "FILE")("node-timeout", "silence after which a server's users are announced as gone",
                  number(limits::node_silence.count()), "SECONDS");
  options.add_options("Log")  //
      ("log-level", "debug, info, warning or error", cxxopts::value<std::string>()->default_value("info"),
       "LEVEL")("log-format", "text or json, one object a line",
                cxxopts::value<std::string>()->default_value("text"), "FORMAT");
  return options;
}

std::uint16_t read_port(const cxxopts::ParseResult& given, Environment environment) {
  std::string origin = "--port";
  std::string port = given.count("port") ? given["port"].as<std::string>() : "";
  for (const char* name : {"PORT", "WS_PORT"}) {
    const char* value = environment(name);
    if (given.count("port") || !port.empty() || !value || !*value) continue;
    port = value;
    origin = name;
  }
  if (!given.count("port") && port.empty()) return Settings{}.port;
  return static_cast<std::uint16_t>(
      read_number(port, origin, "a port", 0, std::numeric_limits<std::uint16_t>::max()));
}

Settings read_settings(const cxxopts::ParseResult& given, Environment environment) {
  constexpr std::size_t most_bytes = std::size_t{1} << 40, most_seconds = 24 * 60 * 60;
  const auto number = [&](const std::string& name, std::string_view what, std::size_t least,
                          std::size_t most) {
    return read_number(given[name].as<std::string>(), "--" + name, what, least, most);
  };
  const auto text = [&](const char* name) { return given.count(name) ? given[name].as<std::string>() : ""; };
  Settings settings;
  settings.host = text("host");
  settings.port = read_port(given, environment);
  settings.threads = number("threads", "a number", 1, limits::threads);
  settings.connection_limit = number("max-connections", "a number", 0, 10'000'000);
  settings.message_limit_bytes = number("max-message", "a number of bytes", 1, most_bytes);
  settings.username_limit_bytes = number("max-username", "a number of bytes", 1, most_bytes);
  settings.outbox_limit_bytes = number("outbox-limit", "a number of bytes", 1, most_bytes);
  settings.idle_timeout = std::chrono::seconds(number("idle-timeout", "seconds", 1, most_seconds));
  settings.drain_timeout = std::chrono::seconds(number("drain-timeout", "seconds", 1, most_seconds));
  settings.coalesce_rosters = given.count("coalesce-rosters") > 0;
  if (given.count("allow-origin"))
    settings.allowed_origins = given["allow-origin"].as<std::vector<std::string>>();
  settings.trust_proxy = given.count("trust-proxy") > 0;
  settings.certificate_file = text("tls-cert");
  settings.key_file = text("tls-key");
  if (settings.certificate_file.empty() != settings.key_file.empty()) {
    throw WrongValue{"--tls-cert and --tls-key need each other; see chatlab-server --help"};
  }
  return settings;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    parts.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The host's name and the port, as far as they may stand in a node's name; for a port that is not known yet,
/// a number.
std::string default_node(std::uint16_t port) {
  std::string name = boost::asio::ip::host_name().substr(0, 48);
  for (auto& letter : name) {
    if (!cluster::is_cluster_name(std::string_view(&letter, 1))) letter = '-';
  }
  return fmt::format("{}-{}", name, port ? port : std::random_device()());
}

ClusterSettings read_cluster(const cxxopts::ParseResult& given, std::uint16_t port) {
  const auto text = [&](const char* name) { return given.count(name) ? given[name].as<std::string>() : ""; };
  ClusterSettings settings;
  if (!given.count("cluster")) {
    for (const auto* name : {"cluster-name", "node", "cluster-creds", "cluster-ca", "node-timeout"}) {
      if (given.count(name)) throw WrongValue{fmt::format("--{} is for servers with --cluster", name)};
    }
    return settings;
  }
  settings.urls = split(text("cluster"));
  for (const auto& url : settings.urls) {
    if (url.starts_with("nats://") || url.starts_with("tls://")) continue;
    throw WrongValue{fmt::format(
        "--cluster must be the addresses of NATS servers, 'nats://host:4222' or 'tls://host:4222', with ',' "
        "between them; '{}' is none",
        url)};
  }
  settings.room = given["cluster-name"].as<std::string>();
  settings.node = given.count("node") ? text("node") : default_node(port);
  for (const auto& [option, name] :
       {std::pair("--cluster-name", settings.room), std::pair("--node", settings.node)}) {
    if (cluster::is_cluster_name(name)) continue;
    throw WrongValue{
        fmt::format("{} must be 1 to 64 letters, digits, '-' and '_'; it is '{}'", option, name)};
  }
  settings.credentials_file = text("cluster-creds");
  settings.ca_file = text("cluster-ca");
  settings.node_timeout = std::chrono::seconds(
      read_number(given["node-timeout"].as<std::string>(), "--node-timeout", "seconds", 1, 3600));
  return settings;
}

void read_log(const cxxopts::ParseResult& given, Options& options) {
  const auto level = given["log-level"].as<std::string>();
  options.log_level = spdlog::level::from_str(level);
  if (level != "debug" && level != "info" && level != "warning" && level != "error") {
    throw WrongValue{fmt::format("--log-level must be debug, info, warning or error; it is '{}'", level)};
  }
  const auto format = given["log-format"].as<std::string>();
  options.logs_json = format == "json";
  if (format != "json" && format != "text") {
    throw WrongValue{fmt::format("--log-format must be text or json; it is '{}'", format)};
  }
}

}  // namespace

std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv,
                                                            Environment environment) {
  auto described = describe();
  try {
    const auto given = described.parse(argc, argv);
    if (given.count("help")) return Information{described.help() + epilogue};
    if (given.count("version")) return Information{"chatlab-server " CHATLAB_VERSION "\n"};
    if (!given.unmatched().empty()) {
      return UsageError{
          fmt::format("'{}' is not an option; see chatlab-server --help", given.unmatched()[0])};
    }
    Options options;
    options.settings = read_settings(given, environment);
    options.settings.cluster = read_cluster(given, options.settings.port);
    read_log(given, options);
    return options;
  } catch (const WrongValue& wrong) {
    return UsageError{wrong.text};
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-server --help", error.what())};
  }
}

}  // namespace chatlab::server
