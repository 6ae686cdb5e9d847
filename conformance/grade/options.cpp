#include "conformance/grade/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cxxopts.hpp>
#include <thread>

#include "conformance/duration.hpp"

namespace chatlab::grade {
namespace {

constexpr auto introduction =
    R"(Grades a whole class: every submission is judged by a process of its own, and the results
go into a folder: grades.csv, results.jsonl, index.html, and a page for each student.

ROSTER.csv has the columns id, name, and url or dir (further ones are kept). --submissions
is a folder with one submission in each folder or file, or Canvas' "Download Submissions"
archive. One of the two will do; with both, the roster says who they are.
)";

constexpr auto epilogue = R"(
The same command goes on where it was interrupted, and grades anew only what has changed.

Exit codes:
  0    all were graded
  2    wrong usage, or a roster, suite or gradebook that cannot be read
  4    graded, but somebody has to look: lines of the roster that were left out, results
       that are not conclusive
  130  interrupted; what was graded is kept

Examples:
  chatlab-conformance grade roster.csv --out results
  chatlab-conformance grade --submissions submissions.zip --entry app.py \
      --launch 'python3 app.py' --out results
  chatlab-conformance grade --submissions submissions.zip --entry app.py \
      --launch 'python3 app.py' --setup 'pip3 install --user -r requirements.txt' \
      --canvas-gradebook export.csv --assignment 'Lab 8' --out results
)";

using Text = std::string;
using Texts = std::vector<std::string>;

/// Options that a judge takes as they are.
struct Passed {
  const char* name;
  const char* argument;  ///< null: it takes none
  bool for_urls;
  bool for_launched;
  bool repeatable;
  const char* help;
};
constexpr Passed passed_on[] = {
    {"launch", "CMD", false, true, false, "starts a submission's server, in the folder that was found"},
    {"entry", "FILE", false, true, false,
     "a file of the server's folder, such as app.py: where it is, the server is started"},
    {"setup", "CMD", false, true, false,
     "run once before, in the same folder; it may use the machine's network"},
    {"port-env", "NAME", false, true, true, "one more variable in which a server finds its port; repeatable"},
    {"limit", "NAME=VALUE", false, true, true,
     "what a submission and its setup may use, past which it is ended: memory=1GiB, processes=64, "
     "file=64MiB, cpu=120s (these are the defaults); repeatable"},
    {"sandbox-read", "DIR", false, true, true,
     "one more folder that servers may read, such as a toolchain; repeatable"},
    {"exclusive", nullptr, true, false, false, "nobody else uses the servers at the URLs"},
    {"connect-timeout", "TIME", true, false, false, "how long a connection may take to open"},
    {"wait", "TIME", true, false, false, "how long a server is waited for that does not answer yet"},
    {"ca", "FILE", true, false, false, "wss://: trust the authorities in this PEM file"},
    {"insecure", nullptr, true, false, false, "wss://: believe every certificate"},
    {"header", "'K: V'", true, false, true, "a header of the upgrade request; repeatable"},
    {"origin", "ORIGIN", true, false, false, "the Origin header"},
    {"suite", "FILE", true, true, false, "a suite instead of the built-in lab08"},
    {"only", "GLOB", true, true, true, "only checks whose id matches; repeatable"},
    {"exclude", "GLOB", true, true, true, "no checks whose id matches; repeatable"},
    {"timeout", "TIME", true, true, false, "how long a message that should come is waited for"},
    {"transcript", nullptr, true, true, false, "every frame of every client on the students' pages"},
};

cxxopts::Options declare() {
  cxxopts::Options options("chatlab-conformance grade", introduction);
  options.positional_help("[ROSTER.csv]");
  options.add_options("Class")                                                                              //
      ("submissions", "what was handed in: a folder, or Canvas' archive", cxxopts::value<Text>(), "PLACE")  //
      ("out", "the folder for the results", cxxopts::value<Text>(), "DIR")                                  //
      ("canvas-gradebook", "Canvas' export; a copy with the scores filled in goes into the folder",
       cxxopts::value<Text>(), "CSV")                                                                   //
      ("assignment", "the gradebook's column: 'Lab 8'", cxxopts::value<Text>(), "NAME")                 //
      ("jobs", "submissions at the same time (default: twice the cores)", cxxopts::value<Text>(), "N")  //
      ("per-host", "of these, on one host of the URLs (default: 1)", cxxopts::value<Text>(), "N")       //
      ("time-limit", "what one submission gets (default: 300s)", cxxopts::value<Text>(), "TIME")        //
      ("force", "grade everybody anew")                                                                 //
      ("only-failed", "grade anew those who have less than full marks")                                 //
      ("sandbox", "auto, bwrap or none (default: auto)", cxxopts::value<Text>(), "KIND")                //
      ("network", "auto, own or shared: whether a server gets a loopback of its own (default: auto)",
       cxxopts::value<Text>(), "KIND")  //
      ("help", "print this and exit");
  for (const auto& option : passed_on) {
    auto add = options.add_options("Judging");
    if (!option.argument)
      add(option.name, option.help);
    else if (option.repeatable)
      add(option.name, option.help, cxxopts::value<Texts>(), option.argument);
    else
      add(option.name, option.help, cxxopts::value<Text>(), option.argument);
  }
  options.add_options("")("roster", "", cxxopts::value<Texts>());
  options.parse_positional("roster");
  return options;
}

void pass_on(const cxxopts::ParseResult& given, Options& options) {
  for (const auto& option : passed_on) {
    if (!given.count(option.name)) continue;
    Texts values;
    if (option.argument && option.repeatable)
      values = given[option.name].as<Texts>();
    else if (option.argument)
      values = {given[option.name].as<Text>()};
    else
      values = {""};
    for (const auto& value : values) {
      // One word, so that a value that begins with a dash stays one.
      const auto word =
          option.argument ? fmt::format("--{}={}", option.name, value) : fmt::format("--{}", option.name);
      if (option.for_urls) options.url_arguments.push_back(word);
      if (option.for_launched) options.launch_arguments.push_back(word);
    }
  }
}

std::optional<UsageError> read_count(const cxxopts::ParseResult& given, const char* name,
                                     std::size_t& count) {
  if (!given.count(name)) return std::nullopt;
  constexpr std::size_t most = 1000;  // processes that judge, each with a server
  const auto text = given[name].as<Text>();
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed == std::errc{} && end == text.data() + text.size() && count >= 1 && count <= most)
    return std::nullopt;
  return UsageError{fmt::format("--{} is a whole number from 1 to {}, not '{}'", name, most, text)};
}

/// What the judges would say to their command line, they say now.
std::optional<UsageError> rehearse(const Options& options) {
  const auto mistake_of = [](std::vector<std::string> words) -> std::optional<UsageError> {
    words.insert(words.begin(), "chatlab-conformance");
    std::vector<const char*> pointers;
    for (const auto& word : words) pointers.push_back(word.c_str());
    const auto read = conformance::read_options(static_cast<int>(pointers.size()), pointers.data());
    if (const auto* mistake = std::get_if<UsageError>(&read)) return *mistake;
    return std::nullopt;
  };
  auto for_url = options.url_arguments;
  for_url.push_back("ws://localhost:1");
  if (auto mistake = mistake_of(for_url)) return mistake;
  if (!options.launches) return std::nullopt;
  auto for_launch = options.launch_arguments;
  for_launch.insert(for_launch.end(), {"--submission", "."});
  return mistake_of(for_launch);
}

std::variant<Options, Information, UsageError> interpret(const cxxopts::ParseResult& given) {
  Options options;
  const auto text = [&](const char* name) { return given.count(name) ? given[name].as<Text>() : ""; };
  if (given.count("roster")) {
    const auto files = given["roster"].as<Texts>();
    if (files.size() > 1)
      return UsageError{fmt::format("one roster at a time; '{}' is a second one", files[1])};
    options.roster = files[0];
  }
  options.submissions = text("submissions");
  if (options.roster.empty() && options.submissions.empty()) {
    return UsageError{
        "there is nobody to grade: give a ROSTER.csv or --submissions; see chatlab-conformance grade --help"};
  }
  options.out = text("out");
  if (options.out.empty()) return UsageError{"--out says into which folder the results go; it is missing"};
  options.gradebook = text("canvas-gradebook");
  options.assignment = text("assignment");
  if (options.gradebook.empty() != options.assignment.empty()) {
    return UsageError{"--canvas-gradebook and --assignment go together: the file, and the column to fill in"};
  }
  options.launches = given.count("launch") > 0;
  if (!options.submissions.empty() && !options.launches) {
    return UsageError{
        "--submissions needs --launch, the command that starts a submission's server: --launch 'python3 "
        "app.py'"};
  }
  options.suite = text("suite");
  options.jobs = 2 * std::max(1u, std::thread::hardware_concurrency());
  if (auto mistake = read_count(given, "jobs", options.jobs)) return *mistake;
  if (auto mistake = read_count(given, "per-host", options.per_host)) return *mistake;
  if (given.count("time-limit")) {
    const auto time = conformance::parse_duration(text("time-limit"));
    if (!time)
      return UsageError{fmt::format("--time-limit is a time such as 300s, not '{}'", text("time-limit"))};
    options.time_limit = *time;
  }
  options.force = given.count("force") > 0;
  options.only_failed = given.count("only-failed") > 0;
  pass_on(given, options);
  const auto confinement = read_confinement(text("sandbox"), text("network"));
  if (confinement.has_error()) return UsageError{confinement.error().text};
  options.confinement = *confinement;
  if (given.count("sandbox-read")) {
    for (const auto& folder : given["sandbox-read"].as<Texts>())
      options.confinement.sandbox.readable.push_back(folder);
  }
  if (auto mistake = rehearse(options)) return *mistake;
  return options;
}

}  // namespace

std::variant<Options, Information, UsageError> read_options(const std::vector<std::string>& arguments) {
  auto options = declare();
  std::vector<const char*> words = {"chatlab-conformance grade"};
  for (const auto& argument : arguments) words.push_back(argument.c_str());
  try {
    const auto given = options.parse(static_cast<int>(words.size()), words.data());
    if (given.count("help")) return Information{options.help({"Class", "Judging"}) + epilogue};
    return interpret(given);
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-conformance grade --help", error.what())};
  }
}

}  // namespace chatlab::grade
