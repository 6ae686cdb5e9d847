#include "conformance/options.hpp"

#include <gtest/gtest.h>

namespace chatlab::conformance {
namespace {

std::variant<Options, Information, UsageError> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "chatlab-conformance");
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

TEST(CommandLine, NamesTheTarget) {
  EXPECT_FALSE(options_of({}).has_url);
  EXPECT_EQ(options_of({}).run.target, "the reference server inside this program");
  EXPECT_EQ(options_of({"localhost:8081"}).run.target, "ws://localhost:8081/");
  const auto launched = options_of({"--launch", "python3 app.py", "--cwd", "server"});
  EXPECT_EQ(launched.launch->command, "python3 app.py");
  EXPECT_EQ(launched.launch->directory, "server");
}

TEST(CommandLine, CanBeGivenAgainForOneCheck) {
  EXPECT_EQ(options_of({"ws://h:1", "--exclusive", "--timeout", "2s", "--only", "a.*"}).run.command,
            "chatlab-conformance ws://h:1 --timeout 2s --exclusive");
  EXPECT_EQ(options_of({"--launch", "python3 app.py"}).run.command,
            "chatlab-conformance --launch 'python3 app.py'");
}

TEST(CommandLine, SaysHowAServerIsReached) {
  const auto options =
      options_of({"wss://h", "--header", "Cookie: a", "--origin", "http://o", "--subprotocol", "chat",
                  "--insecure", "--connect-timeout", "9s", "--wait", "60s"});
  const auto& access = options.run.access;
  using Header = std::pair<std::string, std::string>;
  EXPECT_EQ(
      access.headers,
      (std::vector<Header>{{"Cookie", "a"}, {"Origin", "http://o"}, {"Sec-WebSocket-Protocol", "chat"}}));
  EXPECT_EQ(access.connect_timeout.count(), 9000);
  EXPECT_EQ(options.run.wait.count(), 60000);
  EXPECT_TRUE(access.tls);
  EXPECT_EQ(options.run.target, "wss://h:443/ (its certificate is not verified)");
  EXPECT_EQ(
      options.run.command,
      "chatlab-conformance wss://h --connect-timeout 9s --wait 60s --origin http://o --subprotocol chat "
      "--header 'Cookie: a' --insecure");
  EXPECT_EQ(options_of({"--launch", "x", "--port-env", "A", "--port-env", "B_2"}).launch->port_variables,
            (std::vector<std::string>{"A", "B_2"}));
}

TEST(CommandLine, DealsClientsOutToNodes) {
  const auto options = options_of({"ws://a:1", "ws://b:2", "--spread"});
  EXPECT_EQ(options.run.target, "ws://a:1/, ws://b:2/");
  EXPECT_EQ(options.run.command, "chatlab-conformance ws://a:1 ws://b:2 --spread");
  const auto& access = options.run.access;
  EXPECT_EQ(access.for_client(0).url.host, "a");
  EXPECT_EQ(access.for_client(1).url.host, "b");
  EXPECT_EQ(access.for_client(2).url.host, "a");
  EXPECT_EQ(access.of_each_node().size(), 2u);
  EXPECT_EQ(options_of({"ws://a:1"}).run.access.for_client(1).url.host, "a");
}

TEST(CommandLine, BoundsALaunchedServer) {
  const auto plain = options_of({"--launch", "x"}).launch->limits;
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->memory_bytes, 2ull << 30);
  const auto options = options_of({"--launch", "x", "--limit", "memory=64MiB", "--limit", "processes=3",
                                   "--limit", "file=5KiB", "--limit", "cpu=2s"});
  EXPECT_EQ(options.launch->limits->memory_bytes, 64u << 20);
  EXPECT_EQ(options.launch->limits->processes, 3u);
  EXPECT_EQ(options.launch->limits->file_bytes, 5u << 10);
  EXPECT_EQ(options.launch->limits->cpu_time.count(), 2);
  EXPECT_EQ(options.run.command,
            "chatlab-conformance --launch x --limit memory=64MiB --limit processes=3 --limit file=5KiB "
            "--limit cpu=2s");
  for (const auto& [bad, why] : {std::pair("memory=64", "--limit memory takes a size such as 64KiB"),
                                 {"memory=0MiB", "--limit memory takes a size"},
                                 {"file=99999999GiB", "--limit file takes a size"},
                                 {"processes=some", "--limit processes takes a whole number, not 'some'"},
                                 {"cpu=10ms", "--limit cpu takes a time from 1s up, not '10ms'"},
                                 {"cores=2", "--limit is memory=2GiB, processes=64"}}) {
    EXPECT_EQ(error_of({"--launch", "x", "--limit", bad}).find(why), 0u) << bad;
  }
  EXPECT_EQ(error_of({"ws://a", "--limit", "cpu=1s"}),
            "--limit is for the server of --launch, which is not given");
}

TEST(CommandLine, KnowsDurations) {
  EXPECT_EQ(options_of({"--timeout", "1500ms"}).run.timeout.count(), 1500);
  EXPECT_EQ(options_of({"--timeout", "0.5s"}).run.timeout.count(), 500);
  EXPECT_EQ(options_of({"--timeout", "2"}).run.timeout.count(), 2000);
  for (const char* bad : {"0", "-1s", "fast", "5m", "2h", ""}) {
    EXPECT_EQ(error_of({"--timeout", bad}).find("--timeout is a time such as 5s or 1500ms"), 0u) << bad;
  }
}

TEST(CommandLine, RepeatsSelections) {
  const auto options = options_of({"--only", "a.*", "--only", "b.c", "--exclude", "a.d"});
  EXPECT_EQ(options.run.only, (std::vector<std::string>{"a.*", "b.c"}));
  EXPECT_EQ(options.run.exclude, std::vector<std::string>{"a.d"});
}

TEST(CommandLine, ComplainsInOneLine) {
  EXPECT_EQ(error_of({"ws://a", "ws://b"}),
            "one URL at a time; 'ws://b' is a second one. With --spread they are nodes of one room");
  EXPECT_EQ(error_of({"ws://a", "--spread"}),
            "--spread deals the clients out to the nodes of one room; give two URLs or more");
  EXPECT_EQ(error_of({"--spread"}),
            "--spread deals the clients out to the nodes of one room; give two URLs or more");
  EXPECT_EQ(error_of({"ws://a", "--launch", "x"}), "a URL and --launch name two servers; give one of them");
  EXPECT_EQ(error_of({"--launch", " "}),
            "--launch takes a command, such as 'python3 app.py'; this one is empty");
  EXPECT_EQ(error_of({"--cwd", "x"}), "--cwd is for the server of --launch, which is not given");
  EXPECT_EQ(error_of({"--port-env", "P"}), "--port-env is for the server of --launch, which is not given");
  EXPECT_EQ(error_of({"--launch", "x", "--port-env", "A=1"}),
            "--port-env is the name of a variable, not 'A=1'");
  EXPECT_EQ(error_of({"--ca", "a", "--insecure"}),
            "--ca and --insecure contradict each other; give one of them");
  EXPECT_NE(error_of({"--ca", "/nowhere"}).find("no certificates could be read from '/nowhere'"),
            std::string::npos);
  EXPECT_EQ(error_of({"--header", "x"}), "a header is 'Name: value', not 'x'");
  EXPECT_EQ(error_of({"--wait", "soon"}).find("--wait is a time such as 5s"), 0u);
  EXPECT_EQ(error_of({"--format", "xml"}),
            "--format is text, json, junit, tap, html, github, markdown, gradescope or classroom, not 'xml'");
  EXPECT_EQ(error_of({"explain"}), "explain takes the id of one check; --list shows them all");
  EXPECT_EQ(error_of({"explain", "a.b", "c.d"}), "explain takes the id of one check; --list shows them all");
  EXPECT_NE(error_of({"ftp://a"}).find("its scheme is 'ftp'"), std::string::npos);
  EXPECT_NE(error_of({"--bogus"}).find("see chatlab-conformance --help"), std::string::npos);
}

TEST(CommandLine, SendsReportsToPlaces) {
  EXPECT_EQ(options_of({}).outputs, (std::vector<Output>{{Format::text, ""}}));
  EXPECT_EQ(options_of({"--format=json"}).outputs, (std::vector<Output>{{Format::json, ""}}));
  EXPECT_EQ(options_of({"--format", "junit", "--out", "a", "ws://h:1", "--out=b.html"}).outputs,
            (std::vector<Output>{{Format::text, ""}, {Format::junit, "a"}, {Format::html, "b.html"}}));
}

TEST(CommandLine, ExplainsACheck) {
  const auto options = options_of({"explain", "chat.order", "--suite", "s.yaml"});
  EXPECT_EQ(options.explain, "chat.order");
  EXPECT_EQ(options.suite, "s.yaml");
}

TEST(CommandLine, Informs) {
  EXPECT_NE(std::get<Information>(read({"--help"})).text.find("Exit codes:"), std::string::npos);
  EXPECT_EQ(std::get<Information>(read({"--version"})).text, "chatlab-conformance " CHATLAB_VERSION "\n");
}

}  // namespace
}  // namespace chatlab::conformance
