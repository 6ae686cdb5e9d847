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
  for (const auto* word :
       {"--host", "--port", "--help", "--version", "PORT", "WS_PORT", "Exit codes", "8081"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
}

TEST(CommandLine, KnowsItsVersion) {
  EXPECT_EQ(information({"--version"}), "chatlab-server " CHATLAB_VERSION "\n");
}

}  // namespace
}  // namespace chatlab::server
