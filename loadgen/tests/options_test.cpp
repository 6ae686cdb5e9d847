#include "loadgen/options.hpp"

#include <gtest/gtest.h>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

std::variant<Options, Information, UsageError> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "chatlab-loadgen");
  return read_options(static_cast<int>(arguments.size()), arguments.data());
}

Options options_of(std::vector<const char*> arguments) {
  return std::get<Options>(read(std::move(arguments)));
}

std::string error_of(std::vector<const char*> arguments) {
  const auto result = read(std::move(arguments));
  const auto* error = std::get_if<UsageError>(&result);
  return error ? error->text : "no error";
}

TEST(CommandLine, HasDefaultsThatMakeSense) {
  const auto options = options_of({});
  EXPECT_FALSE(options.url);
  EXPECT_EQ(options.run.clients, 100u);
  EXPECT_EQ(options.run.senders, 10u);
  EXPECT_EQ(options.run.closed, 0u);
  EXPECT_TRUE(options.gate);
  EXPECT_TRUE(options.headroom);
  EXPECT_EQ(options_of({"--clients", "3"}).run.senders, 3u);
}

TEST(CommandLine, ReadsTheLoad) {
  const auto run = options_of({"ws://localhost:8081",
                               "--clients",
                               "500",
                               "--senders",
                               "20",
                               "--rate",
                               "200.5",
                               "--duration",
                               "30s",
                               "--warmup",
                               "250ms",
                               "--payload",
                               "4096",
                               "--arrivals",
                               "poisson",
                               "--seed",
                               "7",
                               "--churn",
                               "2",
                               "--slow",
                               "5",
                               "--threads",
                               "2"})
                       .run;
  EXPECT_EQ(run.clients, 500u);
  EXPECT_EQ(run.senders, 20u);
  EXPECT_DOUBLE_EQ(run.rate_per_s, 200.5);
  EXPECT_EQ(run.duration, 30s);
  EXPECT_EQ(run.warmup, 250ms);
  EXPECT_EQ(run.text_bytes, 4096u);
  EXPECT_EQ(run.arrivals, Arrivals::poisson);
  EXPECT_EQ(run.seed, 7u);
  EXPECT_EQ(run.recipients(), 495u);
  EXPECT_EQ(options_of({"--ramp", "5s"}).run.warmup, 0s);
}

TEST(CommandLine, NamesTheTarget) {
  EXPECT_EQ(options_of({"localhost:8081"}).url->text(), "ws://localhost:8081/");
  const auto launched = options_of({"--launch", "python3 app.py", "--cwd", "server"});
  EXPECT_EQ(launched.launch->command, "python3 app.py");
  EXPECT_EQ(launched.launch->directory, "server");
}

TEST(CommandLine, ExplainsEveryMistake) {
  struct Row {
    std::vector<const char*> arguments;
    const char* error;
  };
  const std::vector<Row> rows = {
      {{"ws://a", "ws://b"}, "one URL at a time; 'ws://b' is a second one"},
      {{"ws://a", "--launch", "x"}, "a URL and --launch name two servers; give one of them"},
      {{"--cwd", "x"}, "--cwd is the working directory of --launch, which is not given"},
      {{"ftp://a"}, "its scheme is 'ftp'"},
      {{"--clients", "0"}, "--clients is a whole number from 1 to 100000, not '0'"},
      {{"--clients", "2.5"}, "--clients is a whole number from 1 to 100000, not '2.5'"},
      {{"--clients", "many"}, "not 'many'"},
      {{"--clients", "5", "--senders", "6"}, "--senders is a whole number from 1 to 5, not '6'"},
      {{"--rate", "0"}, "--rate is a number from 0.001"},
      {{"--duration", "soon"}, "--duration is a time such as 30s, 250ms or 2m, at least 0.1 s, not 'soon'"},
      {{"--payload", "10"}, "--payload is a whole number from 33"},
      {{"--arrivals", "often"}, "--arrivals is constant or poisson, not 'often'"},
      {{"--closed", "4", "--rate", "10"}, "--rate has no place there"},
      {{"--clients", "5", "--slow", "2", "--senders", "4"}, "at most 3 can be --senders"},
      {{"--clients", "5", "--senders", "5", "--churn", "1"}, "all of them are --senders"},
      {{"--clients", "1", "--threads", "2"}, "more --threads than --clients"},
      {{"--format", "xml"}, "--format is text, json or csv, not 'xml'"},
      {{"--slo", "fast"}, "it has no < or >"},
      {{"merge", "a.json"}, "merge takes two or more reports"},
      {{"--bogus"}, "see chatlab-loadgen --help"},
  };
  for (const auto& row : rows) {
    const auto error = error_of(row.arguments);
    EXPECT_NE(error.find(row.error), std::string::npos) << row.error << " in: " << error;
  }
}

TEST(CommandLine, Informs) {
  const auto help = std::get<Information>(read({"--help"})).text;
  for (const char* word : {"Exit codes:", "completion", "coordinated omission", "--closed", "merge"})
    EXPECT_NE(help.find(word), std::string::npos) << word;
  EXPECT_EQ(std::get<Information>(read({"--version"})).text, "chatlab-loadgen " CHATLAB_VERSION "\n");
}

}  // namespace
}  // namespace chatlab::loadgen
