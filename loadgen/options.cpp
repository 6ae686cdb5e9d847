#include "loadgen/options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/help.hpp"
#include "loadgen/option_list.hpp"
#include "loadgen/payload.hpp"
#include "loadgen/preset.hpp"
#include "loadgen/quantity.hpp"
#include "loadgen/ratio.hpp"

namespace chatlab::loadgen {
namespace {

void read_target(Values& values, const Texts& words, Options& options) {
  if (words.size() > 1 && !values.has("spread"))
    return values.mistake(fmt::format(
        "one URL at a time; '{}' is a second one. With --spread they are nodes of one room", words[1]));
  if (words.size() < 2 && values.has("spread"))
    return values.mistake("--spread deals the clients out to the nodes of one room; give two URLs or more");
  for (const auto& word : words) {
    const auto url = client::parse_url(word);
    if (url.has_error()) return values.mistake(url.error().text);
    if (!options.url) {
      options.url = *url;
    } else if (url->secure != options.url->secure) {
      return values.mistake(fmt::format("'{}' and '{}' are not both ws or both wss", words[0], word));
    } else {
      options.run.further.push_back(*url);
    }
  }
  if (values.has("launch")) {
    if (options.url) return values.mistake("a URL and --launch name two servers; give one of them");
    options.launch = client::Launch{values.text("launch"), "", client::Launch{}.startup};
  }
  if (values.has("cwd")) {
    if (!options.launch)
      return values.mistake("--cwd is the working directory of --launch, which is not given");
    options.launch->directory = values.text("cwd");
  }
  if (values.has("server-pid")) {
    int process = 0;
    values.number("server-pid", 1, 1 << 22, process);
    options.server_process = process;
  }
  options.gate = !values.has("no-gate");
  options.may_load_this_server = values.has("i-may-load-this-server");
  options.run.cross_host = values.has("cross-host");
  options.really = values.has("really");
}

/// SERVER is a URL, a command in braces, or {reference}.
void read_server(Values& values, const Text& word, NamedTarget& target) {
  if (word.starts_with('{') && word.ends_with('}')) {
    const auto command = word.substr(1, word.size() - 2);
    if (command.empty()) return values.mistake(fmt::format("'{}' has no command between the braces", word));
    if (command != "reference") target.launch = client::Launch{command, "", client::Launch{}.startup};
    return;
  }
  const auto url = client::parse_url(word);
  if (url.has_error()) return values.mistake(url.error().text);
  target.url = *url;
}

/// "NAME=SERVER"; a URL may have an = of its own, but behind a : or a /.
bool split_name(const Text& word, NamedTarget& target, Text& server) {
  const auto sign = word.find_first_of("=:/{");
  if (sign == Text::npos || sign == 0 || word[sign] != '=') return false;
  target.name = word.substr(0, sign);
  server = word.substr(sign + 1);
  return true;
}

void read_targets(Values& values, const Texts& words, Options& options) {
  const bool compares = options.command == Command::compare;
  for (const char* name : {"launch", "server-pid", "spread"}) {
    if (values.has(name))
      values.mistake(fmt::format("{} takes its servers as words: NAME={{python3 app.py}}, not by --{}",
                                 compares ? "compare" : "sweep", name));
  }
  for (const auto& word : words) {
    NamedTarget target;
    Text server = word;
    if (!split_name(word, target, server)) {
      if (compares)
        return values.mistake(fmt::format(
            "'{}' is not NAME=SERVER, such as old=ws://localhost:8081 or 'new={{python3 app.py}}'", word));
      target.name = word.size() > 2 && word.starts_with('{') ? word.substr(1, word.size() - 2) : word;
    }
    read_server(values, server, target);
    const auto same = [&](const NamedTarget& other) { return other.name == target.name; };
    if (std::any_of(options.targets.begin(), options.targets.end(), same))
      return values.mistake(fmt::format("two servers are called '{}'", target.name));
    if (values.has("cwd") && target.launch) target.launch->directory = values.text("cwd");
    options.targets.push_back(std::move(target));
  }
  options.gate = !values.has("no-gate");
  options.may_load_this_server = values.has("i-may-load-this-server");
  options.really = values.has("really");
}

void read_comparison(Values& values, const Texts& words, Options& options) {
  read_targets(values, words, options);
  options.rounds = recommended_rounds;
  values.number("rounds", 1, 1000, options.rounds);
  if (values.has("baseline")) options.baseline = values.text("baseline");
  if (values.has("fail-if-slower")) {
    auto share = values.text("fail-if-slower");
    if (share.ends_with('%')) share.pop_back();
    const auto read = parse_number(share);
    if (!read || *read < 0 || *read > 1000)
      return values.mistake(
          fmt::format("--fail-if-slower is a share such as 10%, not '{}'", values.text("fail-if-slower")));
    options.fail_if_slower = *read / 100;
  }
  if (options.targets.empty())
    values.mistake(
        "compare takes servers: chatlab-loadgen compare old=ws://localhost:8081 'new={python3 app.py}'");
  if (options.targets.size() == 1 && options.baseline.empty() && !values.has("out"))
    values.mistake(
        "one server alone is compared with nothing: give a second one or --baseline FILE, or make a baseline "
        "of it with --out FILE.json");
}

void read_sweep(Values& values, const Texts& words, Options& options) {
  read_targets(values, words, options);
  if (options.targets.empty() && !values.first_mistake())
    options.targets.push_back({"the reference server", std::nullopt, std::nullopt});
  if (values.has("by")) {
    const auto axis = values.text("by");
    for (const auto one : {Axis::rate, Axis::clients, Axis::payload}) {
      if (axis == to_string(one)) options.axis = one;
    }
    if (axis != to_string(options.axis))
      values.mistake(fmt::format("--by is rate, clients or payload, not '{}'", axis));
  }
  for (const char* name : {"closed", "ramp", "churn", "slow"}) {
    if (values.has(name))
      values.mistake(
          fmt::format("a sweep looks for the load that is held for a while; --{} has no place there", name));
  }
}

/// What compare and sweep do many times is shorter than what is done once.
void shorten(Settings& run) {
  using namespace std::chrono_literals;
  run.warmup = 500ms;
  run.duration = 3s;
  run.drain = 3s;
  run.login_rate_per_s = 1000;
}

void read_preset(Values& values, Settings& run) {
  if (!values.has("preset")) return;
  const auto* preset = preset_named(values.text("preset"));
  if (!preset) {
    Text names;
    for (const auto& one : presets()) names += fmt::format("{}{}", names.empty() ? "" : ", ", one.name);
    return values.mistake(fmt::format("--preset is one of {}, not '{}'", names, values.text("preset")));
  }
  preset->apply(run);
  if (values.has("rate")) run.closed = 0;
}

void read_load(Values& values, Settings& run) {
  using namespace std::chrono_literals;
  read_preset(values, run);
  values.number("clients", 1, Vocabulary::most_clients, run.clients);
  run.senders = std::min(run.senders, run.clients);
  values.number("senders", 1, run.clients, run.senders);
  values.number("rate", 0.001, 1e6, run.rate_per_s);
  if (values.has("arrivals")) {
    const auto kind = values.text("arrivals");
    if (kind != "constant" && kind != "poisson")
      values.mistake(fmt::format("--arrivals is constant or poisson, not '{}'", kind));
    run.arrivals = kind == "poisson" ? Arrivals::poisson : Arrivals::constant;
  }
  values.time("ramp", 1ms, run.ramp);
  if (values.has("ramp")) run.warmup = 0s;  // it would warm up on the ramp
  values.number("seed", 0, 1e15, run.seed);
  values.number("closed", 1, 100000, run.closed);
  values.number("payload", Vocabulary::least_text_bytes, Vocabulary::most_text_bytes, run.text_bytes);
  values.time("warmup", 0s, run.warmup);
  values.time("duration", 100ms, run.duration);
  values.time("drain", 0s, run.drain);
  values.time("patience", 100ms, run.patience);
  values.number("login-rate", 0.1, 1e6, run.login_rate_per_s);
  values.number("churn", 0.01, 10000, run.churn_per_s);
  values.number("slow", 0, run.clients - 1, run.slow);
  values.number("slow-rate", 0, 1e9, run.slow_bytes_per_s);
  values.number("threads", 1, 64, run.threads);
  values.number("receive-buffer", 1, 1 << 30, run.receive_buffer_bytes);
  if (run.closed) {
    for (const char* name : {"rate", "arrivals", "ramp", "churn"}) {
      if (values.has(name))
        values.mistake(
            fmt::format("--closed sends when the last broadcast has arrived; --{} has no place there", name));
    }
  }
  if (run.senders > run.recipients())
    values.mistake(fmt::format("of {} clients {} are slow, so at most {} can be --senders", run.clients,
                               run.slow, run.recipients()));
  if (run.churn_per_s > 0 && run.senders == run.recipients())
    values.mistake("--churn lets clients leave that do not send, but all of them are --senders");
  if (run.threads > run.clients) values.mistake("more --threads than --clients");
}

void refuse_misplaced(Values& values, Command command) {
  struct Place {
    const char* option;
    Command command;
    const char* words;
  };
  for (const auto& place : {Place{"rounds", Command::compare, "compare"},
                            {"baseline", Command::compare, "compare"},
                            {"fail-if-slower", Command::compare, "compare"},
                            {"by", Command::sweep, "sweep"}}) {
    if (values.has(place.option) && command != place.command)
      values.mistake(fmt::format("--{} belongs to {}", place.option, place.words));
  }
}

std::variant<Options, Information, UsageError> interpret(const cxxopts::ParseResult& given) {
  Options options;
  Values values(given);
  const auto words = given.count("words") ? given["words"].as<Texts>() : Texts();
  const Texts further(words.empty() ? words.end() : words.begin() + 1, words.end());
  if (!words.empty() && words[0] == "merge") {
    options.command = Command::merge;
    options.merge = further;
    if (options.merge.size() < 2)
      values.mistake("merge takes two or more reports: chatlab-loadgen merge A.json B.json");
  } else if (!words.empty() && words[0] == "compare") {
    options.command = Command::compare;
    shorten(options.run);
    read_comparison(values, further, options);
  } else if (!words.empty() && words[0] == "sweep") {
    options.command = Command::sweep;
    shorten(options.run);
    read_sweep(values, further, options);
  } else {
    read_target(values, words, options);
  }
  refuse_misplaced(values, options.command);
  read_load(values, options.run);
  options.headroom = !values.has("no-headroom");
  options.quiet = values.has("quiet");
  if (values.has("out")) options.out = values.text("out");
  if (values.has("svg")) options.svg = values.text("svg");
  if (values.has("series")) options.series = values.text("series");
  if (values.has("prometheus-port")) {
    std::uint16_t port = 0;
    values.number("prometheus-port", 0, 65535, port);
    options.prometheus_port = port;
  }
  if (values.has("format")) {
    const auto format = values.text("format");
    if (format == "json") options.format = Format::json;
    if (format == "csv") options.format = Format::csv;
    if (format != "json" && format != "csv" && format != "text")
      values.mistake(fmt::format("--format is text, json or csv, not '{}'", format));
  }
  for (const auto& text : given.count("slo") ? given["slo"].as<Texts>() : Texts()) {
    const auto slo = parse_slo(text);
    if (slo.has_error()) {
      values.mistake(slo.error().text);
    } else {
      options.slos.push_back(*slo);
    }
  }
  if (values.first_mistake()) return *values.first_mistake();
  return options;
}

}  // namespace

std::string_view to_string(Axis axis) {
  switch (axis) {
    case Axis::rate:
      return "rate";
    case Axis::clients:
      return "clients";
    case Axis::payload:
      break;
  }
  return "payload";
}

std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv) {
  auto options = declare_options();
  try {
    const auto given = options.parse(argc, argv);
    if (given.count("help"))
      return Information{options.help({"Server", "Load", "Report", "compare", "sweep"}) + help::epilogue};
    if (given.count("version")) return Information{"chatlab-loadgen " CHATLAB_VERSION "\n"};
    return interpret(given);
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-loadgen --help", error.what())};
  }
}

}  // namespace chatlab::loadgen
