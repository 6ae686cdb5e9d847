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

TEST(CommandLine, NamesTheServersOfAComparison) {
  const auto options = options_of({"compare", "old=ws://localhost:8081", "new={python3 app.py --port {port}}",
                                   "ours={reference}", "--rounds", "7", "--fail-if-slower", "10%"});
  EXPECT_EQ(options.command, Command::compare);
  ASSERT_EQ(options.targets.size(), 3u);
  EXPECT_EQ(options.targets[0].name, "old");
  EXPECT_EQ(options.targets[0].url->text(), "ws://localhost:8081/");
  EXPECT_EQ(options.targets[1].launch->command, "python3 app.py --port {port}");
  EXPECT_FALSE(options.targets[2].url || options.targets[2].launch);
  EXPECT_EQ(options.rounds, 7u);
  EXPECT_DOUBLE_EQ(*options.fail_if_slower, 0.1);
  EXPECT_LT(options.run.duration, 10s);  // many short rounds
  EXPECT_EQ(options_of({"compare", "a={x}", "b={y}", "--duration", "8s"}).run.duration, 8s);
}

TEST(CommandLine, ReadsASweep) {
  const auto options =
      options_of({"sweep", "{node server.js}", "--by", "clients", "--slo", "completion.p99<50ms"});
  EXPECT_EQ(options.command, Command::sweep);
  EXPECT_EQ(options.axis, Axis::clients);
  EXPECT_EQ(options.targets[0].name, "node server.js");
  EXPECT_EQ(options_of({"sweep"}).targets[0].name, "the reference server");
  EXPECT_EQ(options_of({"sweep", "ws://h/chat?a=b"}).targets[0].url->text(), "ws://h:80/chat?a=b");
  EXPECT_EQ(options_of({"sweep", "mine=h:1"}).targets[0].name, "mine");
}

TEST(CommandLine, KnowsPresetsThatOptionsChange) {
  const auto run = options_of({"--preset", "class"}).run;
  EXPECT_EQ(run.clients, 40u);
  EXPECT_EQ(run.senders, 40u);
  EXPECT_EQ(run.arrivals, Arrivals::poisson);
  EXPECT_EQ(options_of({"--preset", "lecture", "--clients", "50"}).run.clients, 50u);
  EXPECT_EQ(options_of({"--preset", "class", "--clients", "20"}).run.senders, 20u);
  EXPECT_GT(options_of({"--preset", "flood"}).run.closed, 0u);
  EXPECT_EQ(options_of({"--preset", "flood", "--rate", "10"}).run.closed, 0u);
  EXPECT_EQ(options_of({"--preset", "storm"}).run.clients, 300u);
}

TEST(CommandLine, ExplainsEveryMistake) {
  struct Row {
    std::vector<const char*> arguments;
    const char* error;
  };
  const std::vector<Row> rows = {
      {{"ws://a", "ws://b"}, "one URL at a time; 'ws://b' is a second one. With --spread"},
      {{"ws://a", "--spread"},
       "--spread deals the clients out to the nodes of one room; give two URLs or more"},
      {{"ws://a", "wss://b", "--spread"}, "'ws://a' and 'wss://b' are not both ws or both wss"},
      {{"ws://a", "b:1:2", "--spread"}, "b:1:2"},
      {{"compare", "a=ws://a", "b=ws://b", "--spread"}, "takes its servers as words"},
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
      {{"compare", "ws://a"}, "'ws://a' is not NAME=SERVER"},
      {{"compare", "a={x}", "a={y}"}, "two servers are called 'a'"},
      {{"compare", "a={}", "b={y}"}, "'{}' has no command between the braces"},
      {{"compare", "a={x}"}, "one server alone is compared with nothing"},
      {{"compare"}, "compare takes servers"},
      {{"compare", "a={x}", "b={y}", "--launch", "z"},
       "compare takes its servers as words: NAME={python3 app.py}"},
      {{"compare", "a={x}", "b={y}", "--fail-if-slower", "much"},
       "--fail-if-slower is a share such as 10%, not 'much'"},
      {{"sweep", "{x}", "--by", "size"}, "--by is rate, clients or payload, not 'size'"},
      {{"sweep", "{x}", "--closed", "3"}, "--closed has no place there"},
      {{"ws://a", "--rounds", "3"}, "--rounds belongs to compare"},
      {{"ws://a", "--by", "rate"}, "--by belongs to sweep"},
      {{"--preset", "party"}, "--preset is one of class, lecture, storm, flood, not 'party'"},
      {{"--prometheus-port", "99999"}, "--prometheus-port is a whole number from 0 to 65535"},
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
