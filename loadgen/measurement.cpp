#include "loadgen/measurement.hpp"

#include <fmt/format.h>

#include "loadgen/inner_server.hpp"
#include "loadgen/preflight.hpp"
#include "loadgen/quantity.hpp"
#include "loadgen/report/json_parts.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

struct Target {
  client::Url url;
  std::unique_ptr<client::LaunchedServer> launched;  // nothing where it runs already
};

/// All nodes of a room that runs already.
std::string target_in_words(const Options& options) {
  auto words = server_in_words({"", options.url, options.launch});
  for (const auto& node : options.run.further) words += ", " + node.text();
  return words;
}

boost::system::result<Target, client::Failure> find_target(const Options& options) {
  if (options.url) return Target{*options.url, nullptr};
  auto launched = client::LaunchedServer::start(options.launch.value_or(reference_server()));
  if (launched.has_error()) return launched.error();
  const auto url = (*launched)->url();
  return Target{url, std::move(*launched)};
}

/// Two clients, each of which sends twice; the second chat is the fence behind which a further copy of the
/// first would be seen.
std::optional<std::string> gate(const Options& options, const client::Url& url, const Addresses& nodes) {
  Settings two;
  two.url = url;
  two.further = options.run.further;
  two.clients = two.senders = 2;
  two.closed = 1;
  two.closed_broadcasts = 4;
  two.warmup = 0s;
  two.duration = two.patience = options.run.patience;
  two.drain = 1s;
  const auto result = conduct(two, nodes, {});
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
  const auto result = conduct(flat_out, {addresses->front()}, {});
  if (result.unreachable || result.own_cpu.count() == 0) return std::nullopt;
  return static_cast<double>(result.figures.counts.deliveries) / in_seconds(result.own_cpu);
}

using Stop = std::variant<Result, Refusal>;

Result unreachable(const Options& options, std::string target, std::string why) {
  Result result;
  result.settings = options.run;
  result.target = std::move(target);
  result.unreachable = std::move(why);
  return result;
}

/// Several processes have one command line, and a part for each of them.
std::optional<std::string> unfit_for_several(const Options& options, Ensemble& ensemble) {
  const auto& run = options.run;
  const auto mine = fmt::format("{} {} {} {}", CHATLAB_VERSION, settings_json(run).dump(), run.cross_host,
                                target_in_words(options));
  if (ensemble.agree(mine) != mine) {
    return fmt::format(
        "rank {} was started with other settings than rank 0, or is another version: give all one command "
        "line",
        ensemble.rank());
  }
  if (run.closed)
    return "--closed needs one process: to know that all have a broadcast, ranks would have to talk";
  if (ensemble.size() > run.senders)
    return fmt::format("{} ranks need as many --senders at least, one each; there are {}", ensemble.size(),
                       run.senders);
  if (std::uint64_t{run.threads} * ensemble.size() > run.clients)
    return fmt::format("{} ranks with {} --threads each are more than {} --clients", ensemble.size(),
                       run.threads, run.clients);
  return std::nullopt;
}

/// What is known before the first packet.
std::optional<Stop> what_forbids(Options options, const std::string& wanted, Ensemble& ensemble) {
  if (options.run.cross_host && ensemble.size() == 1)
    return Refusal{"--cross-host is for ranks on several hosts: start it with mpirun", ExitCode::usage};
  if (ensemble.size() > 1) {
    if (auto no = unfit_for_several(options, ensemble)) return Refusal{*no, ExitCode::usage};
  }
  options.run.rank = ensemble.rank();
  options.run.ranks = ensemble.size();
  if (auto no = obstacle(options)) return Refusal{*no, ExitCode::usage};
  if (!options.url) return std::nullopt;
  // Whether it may be loaded at all.
  auto nodes = options.run.further;
  nodes.insert(nodes.begin(), *options.url);
  for (const auto& node : nodes) {
    const auto named = resolve(node);
    if (named.has_error()) return unreachable(options, wanted, named.error().text);
    options.run.url = node;
    if (auto no = prohibition(options, *named)) return Refusal{*no, ExitCode::usage};
  }
  return std::nullopt;
}

bool has_far_ranks(const Ensemble& ensemble) {
  for (std::uint32_t rank = 0; rank < ensemble.size(); ++rank) {
    if (ensemble.is_far(rank)) return true;
  }
  return false;
}

boost::system::result<Addresses, client::Failure> addresses_of_nodes(const Settings& settings) {
  Addresses nodes;
  for (std::uint32_t node = 0; node <= settings.further.size(); ++node) {
    const auto& url = settings.url_of(node);
    const auto addresses = resolve(url);
    if (addresses.has_error()) return addresses.error();
    const auto address = first_that_accepts(url, *addresses);
    if (address.has_error()) return address.error();
    nodes.push_back(*address);
  }
  return nodes;
}

}  // namespace

std::string server_in_words(const NamedTarget& target) {
  if (target.url) return target.url->text();
  return target.launch ? target.launch->command : "the reference server, in a child process";
}

std::variant<Result, Refusal> measure(const Options& options, const Listener& listener, const Known& known,
                                      Ensemble& ensemble) {
  const auto wanted = target_in_words(options);
  // Where one process of several stops, all do.
  const auto for_all = [&](std::optional<Stop> stop) -> std::optional<Stop> {
    const bool all = ensemble.meet(!stop);
    if (stop || (all && !ensemble.broken())) return stop;
    return unreachable(options, wanted, ensemble.broken().value_or(std::string(others_failed)));
  };
  if (auto stop = for_all(what_forbids(options, wanted, ensemble))) return *stop;
  if (const auto what = concern(options)) listener.say(*what);
  auto capacity_per_s = known.capacity_per_s;
  if (options.headroom && !capacity_per_s) {
    listener.say("measuring what the generator itself can take");
    capacity_per_s = capacity(options.run);
  }
  // Where it has to be started, the first process does.
  std::optional<Target> target;
  std::optional<Stop> stop;
  if (options.url || ensemble.rank() == 0) {
    auto found = find_target(options);
    if (found.has_error()) {
      stop = unreachable(options, wanted, found.error().text);
    } else {
      target = std::move(*found);
    }
  }
  if ((stop = for_all(std::move(stop)))) return *stop;
  const auto place = ensemble.agree(target ? target->url.text() : "");
  if (const auto why = ensemble.broken()) return unreachable(options, wanted, *why);
  auto settings = options.run;
  settings.url = target ? target->url : *client::parse_url(place);
  settings.rank = ensemble.rank();
  settings.ranks = ensemble.size();
  const auto nodes = addresses_of_nodes(settings);
  if (nodes.has_error()) {
    stop = unreachable(options, wanted, nodes.error().text);
  } else if (options.gate && !known.passed_the_gate && ensemble.rank() == 0) {
    if (const auto broken = gate(options, settings.url, *nodes)) {
      stop = Refusal{
          fmt::format(
              "this server is not worth a benchmark yet: {}. chatlab-conformance says more; --no-gate "
              "measures it all the same",
              *broken),
          ExitCode::integrity};
    }
  }
  if ((stop = for_all(std::move(stop)))) return *stop;
  Company company;
  company.tell = listener.progress;
  company.interrupt = listener.interrupt;
  company.ensemble = &ensemble;
  company.tell_alone = [&](Result result) {
    result.target = wanted;
    result.host_local = has_far_ranks(ensemble);
    result.verdict = {Trust::invalid,
                      {fmt::format("it {}; this is what its own clients got of each other",
                                   ensemble.broken().value_or("was told to end"))}};
    listener.tell_alone(result);
  };
  if (options.server_process) {
    company.server_processes = {*options.server_process};
  } else {
    for (std::uint32_t node = 0; node < nodes->size(); ++node) {
      if (!(*nodes)[node].is_loopback()) continue;
      const auto found = listeners_on(settings.url_of(node).port);
      company.server_processes.insert(company.server_processes.end(), found.begin(), found.end());
    }
  }
  listener.say(fmt::format("{} clients log in at {}", settings.clients,
                           options.url ? target_in_words(options) : settings.url.text()));
  auto result = conduct(settings, *nodes, company);
  result.target = wanted;
  result.capacity_per_s = capacity_per_s;
  result.host_local = has_far_ranks(ensemble) && !ensemble.clock_error();
  if (ensemble.broken() && !result.unreachable) {
    company.tell_alone(result);  // before the server that it has started is stopped
    return result;
  }
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
  if (!result.is_hurried)
    result.confidence =
        confidence_95(result.figures.completions_us, reported_percentiles, result.settings.seed);
  for (const auto& slo : slos) result.slos.push_back(hold_against(slo, result.figures));
}

}  // namespace chatlab::loadgen
