#include "reference-server/options.hpp"

#include <gtest/gtest.h>

#include <map>

namespace chatlab::server {
namespace {

using Variables = std::map<std::string, std::string>;

std::variant<Options, Information, UsageError> read(std::vector<const char*> arguments, Variables variables) {
  static Variables environment;  // read_options takes a plain function, which cannot carry it
  environment = std::move(variables);
  arguments.insert(arguments.begin(), "chatlab-server");
  return read_options(static_cast<int>(arguments.size()), arguments.data(),
                      [](const char* name) -> const char* {
                        const auto found = environment.find(name);
                        return found == environment.end() ? nullptr : found->second.c_str();
                      });
}

/// "host port", or the error.
std::string outcome(std::vector<const char*> arguments, Variables variables = {}) {
  const auto result = read(std::move(arguments), std::move(variables));
  if (const auto* error = std::get_if<UsageError>(&result)) return "error: " + error->text;
  if (std::holds_alternative<Information>(result)) return "information";
  const auto& settings = std::get<Options>(result).settings;
  return settings.host + " " + std::to_string(settings.port);
}

std::string information(std::vector<const char*> arguments) {
  const auto result = read(std::move(arguments), {});
  const auto* information = std::get_if<Information>(&result);
  return information ? information->text : "no information";
}

TEST(CommandLine, ListensOnLoopbackPort8081UnlessTold) {
  EXPECT_EQ(outcome({}), " 8081");
}

TEST(CommandLine, TakesHostAndPort) {
  EXPECT_EQ(outcome({"--host", "0.0.0.0", "--port", "9000"}), "0.0.0.0 9000");
  EXPECT_EQ(outcome({"--port=0"}), " 0");
  EXPECT_EQ(outcome({"--port", "65535"}), " 65535");
}

TEST(CommandLine, PortOptionWinsOverPortOverWsPort) {
  EXPECT_EQ(outcome({"--port", "1"}, {{"PORT", "2"}, {"WS_PORT", "3"}}), " 1");
  EXPECT_EQ(outcome({}, {{"PORT", "2"}, {"WS_PORT", "3"}}), " 2");
  EXPECT_EQ(outcome({}, {{"WS_PORT", "3"}}), " 3");
  EXPECT_EQ(outcome({}, {{"PORT", ""}, {"WS_PORT", "3"}}), " 3");
  EXPECT_EQ(outcome({}, {{"PORT", ""}, {"WS_PORT", ""}}), " 8081");
  EXPECT_EQ(outcome({"--port", "1"}, {{"PORT", "nonsense"}}), " 1");
}

TEST(CommandLine, NamesWhereABadPortCameFrom) {
  for (const auto* bad : {"65536", "-1", "80a", "0x50", " 80", "8081.0", "99999999999999999999"}) {
    const auto wanted = std::string("must be a port from 0 to 65535; it is '") + bad + "'";
    EXPECT_EQ(outcome({"--port", bad}), "error: --port " + wanted);
    EXPECT_EQ(outcome({}, {{"PORT", bad}}), "error: PORT " + wanted);
    EXPECT_EQ(outcome({}, {{"WS_PORT", bad}}), "error: WS_PORT " + wanted);
  }
  EXPECT_EQ(outcome({"--port="}), "error: --port must be a port from 0 to 65535; it is ''");
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(outcome({"--prot", "9000"}).find("prot"), std::string::npos);
  EXPECT_TRUE(outcome({"--prot", "9000"}).starts_with("error: "));
  EXPECT_EQ(outcome({"9000"}), "error: '9000' is not an option; see chatlab-server --help");
  EXPECT_TRUE(outcome({"--port"}).starts_with("error: "));
  EXPECT_TRUE(outcome({"--host"}).starts_with("error: "));
}

TEST(CommandLine, ErrorsAreOneLineThatPointsToHelp) {
  for (const auto* argument : {"--prot", "9000", "--port"}) {
    const auto error = outcome({argument});
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    EXPECT_TRUE(error.ends_with("; see chatlab-server --help")) << error;
  }
}

TEST(CommandLine, HelpNamesEveryOptionVariableAndExitCode) {
  const auto help = information({"--help"});
  for (const auto* word : {"--host",
                           "--port",
                           "--help",
                           "--version",
                           "PORT",
                           "WS_PORT",
                           "Exit codes",
                           "8081",
                           "--threads",
                           "--max-connections",
                           "--max-message",
                           "--max-username",
                           "--outbox-limit",
                           "--idle-timeout",
                           "--drain-timeout",
                           "--coalesce-rosters",
                           "--allow-origin",
                           "--tls-cert",
                           "--tls-key",
                           "--trust-proxy",
                           "--log-level",
                           "--log-format",
                           "SIGHUP",
                           "SIGTERM"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
}

TEST(CommandLine, HasTheDefaultsOfSettings) {
  const auto options = std::get<Options>(read({}, {}));
  const Settings wanted;
  EXPECT_EQ(options.settings.threads, wanted.threads);
  EXPECT_EQ(options.settings.message_limit_bytes, wanted.message_limit_bytes);
  EXPECT_EQ(options.settings.username_limit_bytes, wanted.username_limit_bytes);
  EXPECT_EQ(options.settings.outbox_limit_bytes, wanted.outbox_limit_bytes);
  EXPECT_EQ(options.settings.connection_limit, wanted.connection_limit);
  EXPECT_EQ(options.settings.idle_timeout, wanted.idle_timeout);
  EXPECT_EQ(options.settings.drain_timeout, wanted.drain_timeout);
  EXPECT_FALSE(options.settings.coalesce_rosters);
  EXPECT_FALSE(options.settings.trust_proxy);
  EXPECT_TRUE(options.settings.allowed_origins.empty());
  EXPECT_EQ(options.log_level, spdlog::level::info);
  EXPECT_FALSE(options.logs_json);
}

TEST(CommandLine, TakesEveryBound) {
  const auto options = std::get<Options>(read({"--threads",
                                               "4",
                                               "--max-connections",
                                               "5",
                                               "--max-message",
                                               "6",
                                               "--max-username",
                                               "7",
                                               "--outbox-limit",
                                               "8",
                                               "--idle-timeout",
                                               "9",
                                               "--drain-timeout",
                                               "10",
                                               "--coalesce-rosters",
                                               "--allow-origin",
                                               "https://a",
                                               "--allow-origin",
                                               "https://b",
                                               "--tls-cert",
                                               "c",
                                               "--tls-key",
                                               "k",
                                               "--trust-proxy",
                                               "--log-level",
                                               "debug",
                                               "--log-format",
                                               "json"},
                                              {}));
  EXPECT_EQ(options.settings.threads, 4U);
  EXPECT_EQ(options.settings.connection_limit, 5U);
  EXPECT_EQ(options.settings.message_limit_bytes, 6U);
  EXPECT_EQ(options.settings.username_limit_bytes, 7U);
  EXPECT_EQ(options.settings.outbox_limit_bytes, 8U);
  EXPECT_EQ(options.settings.idle_timeout, std::chrono::seconds(9));
  EXPECT_EQ(options.settings.drain_timeout, std::chrono::seconds(10));
  EXPECT_TRUE(options.settings.coalesce_rosters);
  EXPECT_EQ(options.settings.allowed_origins, (std::vector<std::string>{"https://a", "https://b"}));
  EXPECT_EQ(options.settings.certificate_file, "c");
  EXPECT_EQ(options.settings.key_file, "k");
  EXPECT_TRUE(options.settings.trust_proxy);
  EXPECT_EQ(options.log_level, spdlog::level::debug);
  EXPECT_TRUE(options.logs_json);
}

TEST(CommandLine, NamesWhatABoundMayBe) {
  EXPECT_EQ(outcome({"--threads", "0"}), "error: --threads must be a number from 1 to 256; it is '0'");
  EXPECT_EQ(outcome({"--idle-timeout", "1m"}),
            "error: --idle-timeout must be seconds from 1 to 86400; it is '1m'");
  EXPECT_EQ(outcome({"--log-level", "loud"}),
            "error: --log-level must be debug, info, warning or error; it is 'loud'");
  EXPECT_EQ(outcome({"--log-format", "xml"}), "error: --log-format must be text or json; it is 'xml'");
  EXPECT_EQ(outcome({"--tls-cert", "c"}),
            "error: --tls-cert and --tls-key need each other; see chatlab-server --help");
}

TEST(CommandLine, KnowsItsVersion) {
  EXPECT_EQ(information({"--version"}), "chatlab-server " CHATLAB_VERSION "\n");
}

}  // namespace
}  // namespace chatlab::server
