#include "conformance/options.hpp"

#include <fmt/format.h>

#include <cxxopts.hpp>

#include "conformance/duration.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

constexpr auto introduction =
    R"(Does this chat server keep the rules of the Mini Chat lab, and if not, which rule,
seen by whom, and why?

URL is the address of a running server: ws://localhost:8081, wss://chat.example.org,
a tunnel's https:// address, or host:port. Without URL and --launch, the reference
server is started inside this program and tested.
)";

constexpr auto epilogue = R"(
Checks are graded where their level is must; a should is reported, an info is told.
A check is blocked where a check that it needs did not pass; only a pass earns points.

Exit codes:
  0  all musts pass
  1  a must failed, or was blocked by one that did
  2  wrong usage, or a mistake in a suite file
  3  the server cannot be reached or does not start
  4  a must is inconclusive, no check showed anything, or an error inside this program

Examples:
  chatlab-conformance ws://localhost:8081
  chatlab-conformance --launch 'python3 app.py' --cwd lab08/server
  chatlab-conformance ws://localhost:8081 --only 'disconnect.*' --transcript
)";

cxxopts::Options declare() {
  cxxopts::Options options("chatlab-conformance", introduction);
  options.positional_help("[URL]");
  using Text = std::string;
  using Texts = std::vector<std::string>;
  options.add_options("Server")  //
      ("launch", "start this command on a free port, which it finds in PORT, WS_PORT or {port}, and test it",
       cxxopts::value<Text>(), "CMD")                                                               //
      ("cwd", "working directory for --launch", cxxopts::value<Text>(), "DIR")                      //
      ("exclusive", "nobody else uses the server: names and messages of others count as mistakes")  //
      ("timeout", "how long a message that should come is waited for (default: 5s)", cxxopts::value<Text>(),
       "TIME");
  options.add_options("Checks")                                                                //
      ("suite", "a suite file instead of the built-in lab08", cxxopts::value<Text>(), "FILE")  //
      ("only", "only checks whose id matches; repeatable", cxxopts::value<Texts>(), "GLOB")    //
      ("exclude", "no checks whose id matches; repeatable", cxxopts::value<Texts>(), "GLOB")   //
      ("list", "list the checks and exit");
  options.add_options("Report")                                                     //
      ("format", "text or json (default: text)", cxxopts::value<Text>(), "FORMAT")  //
      ("transcript", "report every frame of every client, with times")              //
      ("help", "print this and exit")                                               //
      ("version", "print the version and exit");
  options.add_options("")("url", "", cxxopts::value<Texts>());
  options.parse_positional("url");
  return options;
}

/// The command line that names the same target and suite again.
std::string command_of(const cxxopts::ParseResult& given) {
  std::string command = "chatlab-conformance";
  if (given.count("url")) command += " " + quoted_for_shell(given["url"].as<std::vector<std::string>>()[0]);
  for (const char* name : {"launch", "cwd", "suite", "timeout"}) {
    if (given.count(name))
      command += fmt::format(" --{} {}", name, quoted_for_shell(given[name].as<std::string>()));
  }
  if (given.count("exclusive")) command += " --exclusive";
  return command;
}

std::variant<Options, Information, UsageError> interpret(const cxxopts::ParseResult& given) {
  Options options;
  if (given.count("url")) {
    const auto urls = given["url"].as<std::vector<std::string>>();
    if (urls.size() > 1) return UsageError{fmt::format("one URL at a time; '{}' is a second one", urls[1])};
    const auto url = client::parse_url(urls[0]);
    if (url.has_error()) return UsageError{url.error().text};
    options.url = *url;
    options.run.target = url->text();
  }
  if (given.count("launch")) {
    if (options.url) return UsageError{"a URL and --launch name two servers; give one of them"};
    options.launch = client::Launch{given["launch"].as<std::string>(), "", client::Launch{}.startup};
    if (options.launch->command.find_first_not_of(" \t\n") == std::string::npos) {
      return UsageError{"--launch takes a command, such as 'python3 app.py'; this one is empty"};
    }
    options.run.target = options.launch->command;
  }
  if (given.count("cwd")) {
    if (!options.launch) return UsageError{"--cwd is the working directory of --launch, which is not given"};
    options.launch->directory = given["cwd"].as<std::string>();
  }
  if (options.run.target.empty()) options.run.target = "the reference server inside this program";
  if (given.count("timeout")) {
    const auto text = given["timeout"].as<std::string>();
    const auto timeout = parse_duration(text);
    if (!timeout)
      return UsageError{fmt::format("--timeout is a time such as 5s or 1500ms, up to 1 h, not '{}'", text)};
    options.run.timeout = *timeout;
  }
  if (given.count("format")) {
    const auto format = given["format"].as<std::string>();
    if (format != "text" && format != "json") {
      return UsageError{fmt::format("--format is text or json, not '{}'", format)};
    }
    options.format = format == "json" ? Format::json : Format::text;
  }
  if (given.count("suite")) options.suite = given["suite"].as<std::string>();
  if (given.count("only")) options.run.only = given["only"].as<std::vector<std::string>>();
  if (given.count("exclude")) options.run.exclude = given["exclude"].as<std::vector<std::string>>();
  options.list = given.count("list") > 0;
  options.transcript = given.count("transcript") > 0;
  options.run.exclusive = given.count("exclusive") > 0;
  options.run.command = command_of(given);
  return options;
}

}  // namespace

std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv) {
  auto options = declare();
  try {
    const auto given = options.parse(argc, argv);
    if (given.count("help")) return Information{options.help({"Server", "Checks", "Report"}) + epilogue};
    if (given.count("version")) return Information{"chatlab-conformance " CHATLAB_VERSION "\n"};
    return interpret(given);
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-conformance --help", error.what())};
  }
}

}  // namespace chatlab::conformance
