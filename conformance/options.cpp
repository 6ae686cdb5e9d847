#include "conformance/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cxxopts.hpp>

#include "conformance/duration.hpp"
#include "conformance/launch_limits.hpp"
#include "conformance/report/report.hpp"
#include "conformance/submission_options.hpp"

namespace chatlab::conformance {
namespace {

constexpr auto introduction =
    R"(Does this chat server keep the rules of the Mini Chat lab, and if not, which rule,
seen by whom, and why?

URL is the address of a running server: ws://localhost:8081, wss://chat.example.org,
a tunnel's https:// address, or host:port. Without URL and --launch, the reference
server is started inside this program and tested.

"explain ID" tells of one check instead: its rule, where that comes from, what is done,
and an exchange with a right server.
)";

constexpr auto epilogue = R"(
Checks are graded where their level is must; a should is reported, an info is told.
A check is blocked where a check that it needs did not pass; only a pass earns points.

Exit codes:
  0  all musts pass
  1  a must failed, or was blocked by one that did; --detect: no edition was recognised
  2  wrong usage, or a mistake in a suite file
  3  the server cannot be reached or does not start
  4  a must is inconclusive, no check showed anything, an error inside this program,
     or a report that could not be written

Examples:
  chatlab-conformance ws://localhost:8081
  chatlab-conformance --launch 'python3 app.py' --cwd lab08/server
  chatlab-conformance ws://localhost:8081 --only 'disconnect.*' --transcript
  chatlab-conformance ws://node1:8081 ws://node2:8081 --spread
  chatlab-conformance ws://localhost:8081 --out report.html --format junit --out results.xml
  chatlab-conformance explain chat.everyone
  chatlab-conformance --submission lab08.zip --entry app.py --launch 'python3 app.py'
  chatlab-conformance grade --help
)";

cxxopts::Options declare() {
  cxxopts::Options options("chatlab-conformance", introduction);
  options.positional_help("[URL... | explain ID]");
  using Text = std::string;
  using Texts = std::vector<std::string>;
  options.add_options("Server")  //
      ("launch", "start this command on a free port, which it finds in PORT, WS_PORT or {port}, and test it",
       cxxopts::value<Text>(), "CMD")                                           //
      ("cwd", "working directory for --launch", cxxopts::value<Text>(), "DIR")  //
      ("port-env", "one more variable in which a launched server finds its port; repeatable",
       cxxopts::value<Texts>(), "NAME")  //
      ("limit",
       "what a launched server may use, past which it is ended: memory=2GiB, processes=64, file=256MiB, "
       "cpu=300s (these are the defaults; a submission's are memory=1GiB, processes=64, file=64MiB, "
       "cpu=120s); repeatable",
       cxxopts::value<Texts>(), "NAME=VALUE")                                                       //
      ("spread", "the URLs are nodes of one room, and the clients are dealt out to them in turn")   //
      ("exclusive", "nobody else uses the server: names and messages of others count as mistakes")  //
      ("timeout", "how long a message that should come is waited for (default: 5s)", cxxopts::value<Text>(),
       "TIME");
  declare_submission(options);
  options.add_options("Connection")  //
      ("connect-timeout", "how long a connection may take to open (default: as --timeout)",
       cxxopts::value<Text>(), "TIME")  //
      ("wait", "how long a server is waited for that does not answer yet, such as a host that sleeps",
       cxxopts::value<Text>(), "TIME")  //
      ("ca", "wss://: trust the authorities in this PEM file instead of the system's", cxxopts::value<Text>(),
       "FILE")                                                                                      //
      ("insecure", "wss://: believe every certificate; the report says so")                         //
      ("header", "a header of the upgrade request; repeatable", cxxopts::value<Texts>(), "'K: V'")  //
      ("origin", "the Origin header, as a browser sends it", cxxopts::value<Text>(), "ORIGIN")      //
      ("subprotocol", "the Sec-WebSocket-Protocol header", cxxopts::value<Text>(), "NAME");
  options.add_options("Checks")  //
      ("suite", "lab08 (the default), lab07-2021, tutorial12, or a suite file", cxxopts::value<Text>(),
       "NAME")                                                                                //
      ("detect", "say which edition of the lab the server speaks, and exit")                  //
      ("only", "only checks whose id matches; repeatable", cxxopts::value<Texts>(), "GLOB")   //
      ("exclude", "no checks whose id matches; repeatable", cxxopts::value<Texts>(), "GLOB")  //
      ("list", "list the checks and exit");
  options.add_options("Report")  //
      ("format",
       "text, json, junit, tap, html, github, markdown, gradescope or classroom (default: text); repeatable",
       cxxopts::value<Texts>(), "FORMAT")  //
      ("out",
       "write the report of the --format before it to FILE; without one, FILE's ending says the format (.txt "
       ".json "
       ".xml .tap .html .md); repeatable. The terminal still gets the text, or a --format without a file",
       cxxopts::value<Texts>(), "FILE")                                 //
      ("transcript", "report every frame of every client, with times")  //
      ("help", "print this and exit")                                   //
      ("version", "print the version and exit");
  options.add_options("")("url", "", cxxopts::value<Texts>());
  for (const char* of_the_grader : {"run-page", "run-link"})
    options.add_options("")(of_the_grader, "", cxxopts::value<Text>());
  options.parse_positional("url");
  return options;
}

/// The command line that names the same target and suite again. For a submission it is what its author says
/// in its own folder: where the course staff has put it is nobody's business.
std::string command_of(const cxxopts::ParseResult& given) {
  std::string command = "chatlab-conformance";
  if (given.count("url")) {
    for (const auto& url : given["url"].as<std::vector<std::string>>())
      command += " " + quoted_for_shell(url);
  }
  for (const char* name :
       {"launch", "cwd", "suite", "timeout", "connect-timeout", "wait", "ca", "origin", "subprotocol"}) {
    if (given.count(name))
      command += fmt::format(" --{} {}", name, quoted_for_shell(given[name].as<std::string>()));
  }
  for (const char* name : {"port-env", "limit", "header"}) {
    if (!given.count(name)) continue;
    for (const auto& value : given[name].as<std::vector<std::string>>())
      command += fmt::format(" --{} {}", name, quoted_for_shell(value));
  }
  for (const char* name : {"spread", "exclusive", "insecure"})
    if (given.count(name)) command += fmt::format(" --{}", name);
  return command;
}

bool is_variable_name(const std::string& name) {
  const auto is_letter = [](unsigned char letter) { return std::isalnum(letter) || letter == '_'; };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), is_letter);
}

/// What is wrong with a time, where one was given.
std::optional<UsageError> read_time(const cxxopts::ParseResult& given, const char* name,
                                    std::chrono::milliseconds& time) {
  if (!given.count(name)) return std::nullopt;
  const auto text = given[name].as<std::string>();
  const auto read = parse_duration(text);
  if (!read) {
    return UsageError{fmt::format("--{} is a time such as 5s or 1500ms, up to 1 h, not '{}'", name, text)};
  }
  time = *read;
  return std::nullopt;
}

/// What is wrong with the options of the connection, in words.
std::optional<UsageError> read_access(const cxxopts::ParseResult& given, client::Access& access) {
  std::vector<std::string> headers;
  if (given.count("header")) headers = given["header"].as<std::vector<std::string>>();
  if (given.count("origin")) headers.push_back("Origin: " + given["origin"].as<std::string>());
  if (given.count("subprotocol"))
    headers.push_back("Sec-WebSocket-Protocol: " + given["subprotocol"].as<std::string>());
  for (const auto& text : headers) {
    auto header = client::parse_header(text);
    if (header.has_error()) return UsageError{header.error().text};
    access.headers.push_back(std::move(*header));
  }
  if (given.count("insecure")) {
    if (given.count("ca")) return UsageError{"--ca and --insecure contradict each other; give one of them"};
    access.tls = client::trust_everybody();
  }
  if (given.count("ca")) {
    auto trusted = client::trust_authorities(given["ca"].as<std::string>());
    if (trusted.has_error()) return UsageError{trusted.error().text};
    access.tls = std::move(*trusted);
  }
  return read_time(given, "connect-timeout", access.connect_timeout);
}

/// What is wrong with the addresses, in words.
std::optional<UsageError> read_urls(const std::vector<std::string>& texts, const cxxopts::ParseResult& given,
                                    Options& options) {
  if (texts.size() > 1 && !given.count("spread")) {
    return UsageError{fmt::format(
        "one URL at a time; '{}' is a second one. With --spread they are nodes of one room", texts[1])};
  }
  auto& access = options.run.access;
  for (const auto& text : texts) {
    const auto url = client::parse_url(text);
    if (url.has_error()) return UsageError{url.error().text};
    auto& target = options.run.target;
    target += (target.empty() ? "" : ", ") + url->text();
    if (url->secure && given.count("insecure")) target += " (its certificate is not verified)";
    access.nodes.push_back(*url);
  }
  access.url = access.nodes.front();
  if (texts.size() == 1) access.nodes.clear();
  options.has_url = true;
  return std::nullopt;
}

/// What is wrong with the options of a server to launch, in words.
std::optional<UsageError> read_launch(const cxxopts::ParseResult& given, Options& options) {
  if (!given.count("launch")) {
    for (const char* name : {"cwd", "port-env", "limit"}) {
      if (given.count(name))
        return UsageError{fmt::format("--{} is for the server of --launch, which is not given", name)};
    }
    return std::nullopt;
  }
  if (options.has_url) return UsageError{"a URL and --launch name two servers; give one of them"};
  auto& launch = options.launch.emplace();
  launch.command = given["launch"].as<std::string>();
  if (launch.command.find_first_not_of(" \t\n") == std::string::npos) {
    return UsageError{"--launch takes a command, such as 'python3 app.py'; this one is empty"};
  }
  options.run.target = launch.command;
  if (given.count("cwd")) launch.directory = given["cwd"].as<std::string>();
  if (given.count("port-env")) launch.port_variables = given["port-env"].as<std::vector<std::string>>();
  for (const auto& name : launch.port_variables) {
    if (!is_variable_name(name))
      return UsageError{fmt::format("--port-env is the name of a variable, not '{}'", name)};
  }
  launch.limits = given.count("submission") ? grade::submission_limits() : client::Limits();
  if (!given.count("limit")) return std::nullopt;
  for (const auto& text : given["limit"].as<std::vector<std::string>>()) {
    const auto set = set_limit(*launch.limits, text);
    if (set.has_error()) return UsageError{set.error().text};
  }
  return std::nullopt;
}

std::variant<Options, Information, UsageError> interpret(const cxxopts::ParseResult& given) {
  Options options;
  if (given.count("url")) {
    const auto urls = given["url"].as<std::vector<std::string>>();
    if (urls[0] == "explain") {
      if (urls.size() != 2) return UsageError{"explain takes the id of one check; --list shows them all"};
      options.explain = urls[1];
      if (given.count("suite")) options.suite = given["suite"].as<std::string>();
      return options;
    }
    if (const auto mistake = read_urls(urls, given, options)) return *mistake;
  }
  if (given.count("spread") && options.run.access.nodes.empty())
    return UsageError{"--spread deals the clients out to the nodes of one room; give two URLs or more"};
  if (const auto mistake = read_launch(given, options)) return *mistake;
  if (options.run.target.empty()) options.run.target = "the reference server inside this program";
  for (const auto& [name, time] : {std::pair("timeout", &options.run.timeout), {"wait", &options.run.wait}}) {
    if (const auto mistake = read_time(given, name, *time)) return *mistake;
  }
  if (const auto mistake = read_submission(given, options)) return *mistake;
  if (const auto mistake = read_access(given, options.run.access)) return *mistake;
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const auto& argument : given.arguments()) {
    if (argument.key() == "format" || argument.key() == "out")
      outputs.emplace_back(argument.key(), argument.value());
  }
  auto read = read_outputs(outputs);
  if (read.has_error()) return UsageError{read.error().text};
  options.outputs = std::move(*read);
  if (given.count("suite")) options.suite = given["suite"].as<std::string>();
  if (given.count("only")) options.run.only = given["only"].as<std::vector<std::string>>();
  if (given.count("exclude")) options.run.exclude = given["exclude"].as<std::vector<std::string>>();
  options.list = given.count("list") > 0;
  options.detect = given.count("detect") > 0;
  options.transcript = given.count("transcript") > 0;
  if (given.count("run-page")) options.run_page = given["run-page"].as<std::string>();
  if (given.count("run-link")) options.run_link = given["run-link"].as<std::string>();
  options.run.exclusive = given.count("exclusive") > 0;
  options.run.command = command_of(given);
  return options;
}

}  // namespace

std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv) {
  auto options = declare();
  try {
    const auto given = options.parse(argc, argv);
    if (given.count("help"))
      return Information{options.help({"Server", "Submission", "Connection", "Checks", "Report"}) + epilogue};
    if (given.count("version")) return Information{"chatlab-conformance " CHATLAB_VERSION "\n"};
    return interpret(given);
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-conformance --help", error.what())};
  }
}

}  // namespace chatlab::conformance
