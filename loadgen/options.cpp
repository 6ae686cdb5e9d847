#include "loadgen/options.hpp"

#include <fmt/format.h>

#include <cxxopts.hpp>

#include "loadgen/help.hpp"
#include "loadgen/payload.hpp"
#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

using Text = std::string;
using Texts = std::vector<std::string>;

cxxopts::Options declare() {
  cxxopts::Options options("chatlab-loadgen", help::introduction);
  options.positional_help("[URL]");
  const auto text = [] { return cxxopts::value<Text>(); };
  options.add_options("Server")  //
      ("launch", "start this command on a free port, which it finds in PORT, WS_PORT or {port}", text(),
       "CMD")                                                   //
      ("cwd", "working directory for --launch", text(), "DIR")  //
      ("server-pid", "the process to sample CPU and memory of (default: who listens on the port)", text(),
       "PID")                                                                     //
      ("no-gate", "do not ask first whether two clients get each other's chats")  //
      ("i-may-load-this-server", "it is not on this machine, and I may")          //
      ("really", "more load than somebody who mistypes should cause");
  options.add_options("Load")                                                                            //
      ("clients", "chat clients, all logged in (default: 100)", text(), "N")                             //
      ("senders", "how many of them send (default: 10, or all if fewer)", text(), "N")                   //
      ("rate", "broadcasts a second, of all senders together (default: 100)", text(), "R")               //
      ("arrivals", "constant or poisson (default: constant)", text(), "KIND")                            //
      ("ramp", "the rate grows from 0 over the first TIME, warm-up included", text(), "TIME")            //
      ("seed", "of poisson arrivals and confidence intervals (default: 1)", text(), "N")                 //
      ("closed", "closed loop: K broadcasts in flight for each sender, instead of --rate", text(), "K")  //
      ("payload", "bytes of each chat's text, from 33 on (default: 128)", text(), "BYTES")               //
      ("warmup", "time before it is measured (default: 2s)", text(), "TIME")                             //
      ("duration", "time in which it is measured (default: 10s)", text(), "TIME")                        //
      ("drain", "how long to wait for what is missing then (default: 5s)", text(), "TIME")               //
      ("login-rate", "logins a second (default: 200)", text(), "R")                                      //
      ("churn", "clients that leave and come back, a second", text(), "R")                               //
      ("slow", "clients of them that do not read; reported apart", text(), "N")                          //
      ("slow-rate", "bytes a second that each slow client does read (default: 0)", text(), "BYTES")      //
      ("threads", "threads that send and receive (default: 1)", text(), "N")                             //
      ("receive-buffer", "SO_RCVBUF of each socket (default: the system's)", text(), "BYTES")            //
      ("patience", "longest silence while everybody logs in (default: 10s)", text(), "TIME")             //
      ("no-headroom", "do not measure first what the generator itself can take");
  options.add_options("Report")  //
      ("slo", "such as completion.p99<25ms, reach>99.9%, lost<1; repeatable", cxxopts::value<Texts>(),
       "SLO")                                                                    //
      ("format", "text, json or csv (default: text)", text(), "FORMAT")          //
      ("out", "write PREFIX.json, .csv, .hgrm and .hlog too", text(), "PREFIX")  //
      ("quiet", "no progress on standard error")                                 //
      ("help", "print this and exit")                                            //
      ("version", "print the version and exit");
  options.add_options("")("words", "", cxxopts::value<Texts>());
  options.parse_positional("words");
  return options;
}

/// Reads the values of options, and remembers the first mistake.
class Values {
 public:
  explicit Values(const cxxopts::ParseResult& given) : given_(given) {}

  bool has(const char* name) const { return given_.count(name) > 0; }
  std::string text(const char* name) const { return given_[name].as<Text>(); }

  void number(const char* name, double least, double most, auto& value) {
    if (!has(name)) return;
    const auto read = parse_number(text(name));
    constexpr bool whole = std::is_integral_v<std::remove_reference_t<decltype(value)>>;
    if (!read || *read < least || *read > most ||
        (whole && *read != static_cast<double>(static_cast<long long>(*read)))) {
      mistake(fmt::format("--{} is a {}number from {} to {}, not '{}'", name, whole ? "whole " : "", least,
                          most, text(name)));
      return;
    }
    value = static_cast<std::remove_reference_t<decltype(value)>>(*read);
  }

  void time(const char* name, std::chrono::nanoseconds least, std::chrono::nanoseconds& value) {
    if (!has(name)) return;
    const auto read = parse_time(text(name));
    if (!read || *read < least) {
      mistake(fmt::format("--{} is a time such as 30s, 250ms or 2m{}, not '{}'", name,
                          least.count() ? fmt::format(", at least {:g} s", in_seconds(least)) : "",
                          text(name)));
      return;
    }
    value = *read;
  }

  void mistake(std::string text) {
    if (!mistake_) mistake_ = UsageError{std::move(text)};
  }
  const std::optional<UsageError>& first_mistake() const { return mistake_; }

 private:
  const cxxopts::ParseResult& given_;
  std::optional<UsageError> mistake_;
};

void read_target(Values& values, const Texts& words, Options& options) {
  if (words.size() > 1)
    return values.mistake(fmt::format("one URL at a time; '{}' is a second one", words[1]));
  if (!words.empty()) {
    const auto url = client::parse_url(words[0]);
    if (url.has_error()) return values.mistake(url.error().text);
    options.url = *url;
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
  options.really = values.has("really");
}

void read_load(Values& values, Settings& run) {
  using namespace std::chrono_literals;
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

std::variant<Options, Information, UsageError> interpret(const cxxopts::ParseResult& given) {
  Options options;
  Values values(given);
  const auto words = given.count("words") ? given["words"].as<Texts>() : Texts();
  if (!words.empty() && words[0] == "merge") {
    options.merge.assign(words.begin() + 1, words.end());
    if (options.merge.size() < 2)
      values.mistake("merge takes two or more reports: chatlab-loadgen merge A.json B.json");
  } else {
    read_target(values, words, options);
  }
  read_load(values, options.run);
  options.headroom = !values.has("no-headroom");
  options.quiet = values.has("quiet");
  if (values.has("out")) options.out = values.text("out");
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

std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv) {
  auto options = declare();
  try {
    const auto given = options.parse(argc, argv);
    if (given.count("help")) return Information{options.help({"Server", "Load", "Report"}) + help::epilogue};
    if (given.count("version")) return Information{"chatlab-loadgen " CHATLAB_VERSION "\n"};
    return interpret(given);
  } catch (const cxxopts::exceptions::exception& error) {
    return UsageError{fmt::format("{}; see chatlab-loadgen --help", error.what())};
  }
}

}  // namespace chatlab::loadgen
