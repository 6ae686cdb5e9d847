#include "loadgen/measurement.hpp"

#include <fmt/format.h>

#include "loadgen/inner_server.hpp"
#include "loadgen/preflight.hpp"
#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

struct Target {
  std::string words;
  client::Url url;
  std::unique_ptr<client::LaunchedServer> launched;  // nothing where it runs already
};

boost::system::result<Target, client::Failure> find_target(const Options& options) {
  if (options.url) return Target{options.url->text(), *options.url, nullptr};
  const auto launch = options.launch.value_or(reference_server());
  auto launched = client::LaunchedServer::start(launch);
  if (launched.has_error()) return launched.error();
  const auto url = (*launched)->url();
  return Target{options.launch ? launch.command : "the reference server, in a child process", url,
                std::move(*launched)};
}

/// Two clients, each of which sends twice; the second chat is the fence behind which a further copy of the
/// first would be seen.
std::optional<std::string> gate(const Options& options, const client::Url& url, const Address& address) {
  Settings two;
  two.url = url;
  two.clients = two.senders = 2;
  two.closed = 1;
  two.closed_broadcasts = 4;
  two.warmup = 0s;
  two.duration = two.patience = options.run.patience;
  two.drain = 1s;
  const auto result = conduct(two, address, {});
  const auto& figures = result.figures;
  if (result.unreachable) return result.unreachable;
  if (result.died) return fmt::format("it ended the connections: {}", result.first_end);
  if (figures.broadcasts < two.closed_broadcasts || figures.lost() > 0) {
    return fmt::format(
        "of two logged-in clients' {} chats, each of which both of them should get (rule P4), {} of "
        "{} deliveries came",
        figures.broadcasts, figures.counts.deliveries, figures.expected);
  }
  if (figures.counts.duplicates > 0)
    return fmt::format("{} of 4 chats came twice", figures.counts.duplicates);
  if (result.oddities.corrupted > 0)
    return "chats came, but not as they were sent (rule P4: the object goes as it came)";
  return std::nullopt;
}

/// Deliveries that the generator takes for each second of its CPU, from a server that costs as little as any.
std::optional<double> capacity(const Settings& run) {
  Settings flat_out;
  flat_out.clients = std::min<std::uint32_t>(run.clients, 100);
  flat_out.senders = std::min<std::uint32_t>(flat_out.clients, 4);
  flat_out.closed = 8;
  flat_out.text_bytes = run.text_bytes;
  flat_out.warmup = 100ms;
  flat_out.duration = 500ms;
  flat_out.drain = 1s;
  flat_out.login_rate_per_s = 5000;
  flat_out.receive_buffer_bytes = run.receive_buffer_bytes;
  const auto server = client::LaunchedServer::start(reflector(flat_out.clients));
  if (server.has_error()) return std::nullopt;
  flat_out.url = (*server)->url();
  const auto addresses = resolve(flat_out.url);
  if (addresses.has_error()) return std::nullopt;
  const auto result = conduct(flat_out, addresses->front(), {});
  if (result.unreachable || result.own_cpu.count() == 0) return std::nullopt;
  return static_cast<double>(result.figures.counts.deliveries) / in_seconds(result.own_cpu);
}

Result unreachable(const Options& options, std::string target, std::string why) {
  Result result;
  result.settings = options.run;
  result.target = std::move(target);
  result.unreachable = std::move(why);
  return result;
}

}  // namespace

std::string server_in_words(const NamedTarget& target) {
  if (target.url) return target.url->text();
  return target.launch ? target.launch->command : "the reference server, in a child process";
}

std::variant<Result, Refusal> measure(const Options& options, const Listener& listener, const Known& known) {
  if (auto no = obstacle(options)) return Refusal{*no, ExitCode::usage};
  if (const auto what = concern(options)) listener.say(*what);
  const auto wanted = options.url      ? options.url->text()
                      : options.launch ? options.launch->command
                                       : "the reference server";
  // Whether it may be loaded at all is asked before the first packet.
  if (options.url) {
    const auto named = resolve(*options.url);
    if (named.has_error()) return unreachable(options, wanted, named.error().text);
    auto asked = options;
    asked.run.url = *options.url;
    if (auto no = prohibition(asked, *named)) return Refusal{*no, ExitCode::usage};
  }
  auto capacity_per_s = known.capacity_per_s;
  if (options.headroom && !capacity_per_s) {
    listener.say("measuring what the generator itself can take");
    capacity_per_s = capacity(options.run);
  }
  auto target = find_target(options);
  if (target.has_error()) return unreachable(options, wanted, target.error().text);
  auto settings = options.run;
  settings.url = target->url;
  const auto addresses = resolve(settings.url);
  if (addresses.has_error()) return unreachable(options, wanted, addresses.error().text);
  const auto address = first_that_accepts(settings.url, *addresses);
  if (address.has_error()) return unreachable(options, wanted, address.error().text);
  if (options.gate && !known.passed_the_gate) {
    if (const auto broken = gate(options, settings.url, *address)) {
      return Refusal{
          fmt::format(
              "this server is not worth a benchmark yet: {}. chatlab-conformance says more; --no-gate "
              "measures it all the same",
              *broken),
          ExitCode::integrity};
    }
  }
  Company company;
  company.tell = listener.progress;
  company.interrupt = listener.interrupt;
  if (options.server_process) {
    company.server_processes = {*options.server_process};
  } else if (address->is_loopback()) {
    company.server_processes = listeners_on(settings.url.port);
  }
  listener.say(fmt::format("{} clients log in at {}", settings.clients, settings.url.text()));
  auto result = conduct(settings, *address, company);
  result.target = target->words;
  result.capacity_per_s = capacity_per_s;
  judge(result, options.slos);
  return result;
}

void judge(Result& result, const std::vector<Slo>& slos) {
  if (result.unreachable) return;
  if (result.capacity_per_s && *result.capacity_per_s > 0) {
    result.health.used_capacity =
        result.deliveries_per_s() / (*result.capacity_per_s * result.settings.threads);
  }
  result.verdict = judge(result.health);
  result.confidence =
      confidence_95(result.figures.completions_us, reported_percentiles, result.settings.seed);
  for (const auto& slo : slos) result.slos.push_back(hold_against(slo, result.figures));
}

}  // namespace chatlab::loadgen
