#include "loadgen/preflight.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "loadgen/control.hpp"
#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::uint32_t own_descriptors = 64;  // besides one for each client

// Expected deliveries a second. A fast server does about a million on one core.
constexpr double remarkable_deliveries_per_s = 200'000;
constexpr double most_deliveries_per_s = 5'000'000;

// On somebody else's server, more than a lab's class causes.
constexpr double polite_deliveries_per_s = 5'000;
constexpr std::uint32_t polite_clients = 200;

constexpr double most_sends = 20e6;                      // 32 bytes each, and 24 more in every thread
constexpr double most_far_deliveries = 1 << 26;          // 16 bytes each, where clocks are compared
constexpr std::size_t most_sequence_bytes = 1ull << 30;  // next sequence of each sender, for each client

std::optional<std::string> not_enough_files(std::uint32_t clients) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t wanted = clients + own_descriptors;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min(limit.rlim_max, std::max<rlim_t>(wanted * 2, limit.rlim_cur));
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted) return std::nullopt;
  return fmt::format(
      "{} clients need {} open files, but this process may have {}: raise the limit (ulimit -Hn), or "
      "run fewer --clients in each of several processes and merge their reports",
      clients, wanted, limit.rlim_max);
}

std::optional<std::string> not_enough_ports(std::uint32_t clients) {
  std::uint32_t first = 32768, last = 60999;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
  if (clients <= last - first) return std::nullopt;
  return fmt::format(
      "{} clients need as many ports to connect from, but this machine has {} (ip_local_port_range)", clients,
      last - first);
}

double deliveries_per_s(const Settings& run) {
  return run.closed ? 0 : run.rate_per_s * run.recipients();
}

}  // namespace

std::optional<std::string> obstacle(const Options& options) {
  const auto& run = options.run;
  if (auto no = not_enough_files(run.own(run.clients))) return no;
  if (auto no = not_enough_ports(run.own(run.clients))) return no;
  if (deliveries_per_s(run) > most_deliveries_per_s && !options.really) {
    return fmt::format(
        "{} clients x {} broadcasts a second are {} deliveries a second, more than any one machine does: "
        "lower --clients or --rate, or say --really",
        run.recipients(), run.rate_per_s, number_in_words(deliveries_per_s(run)));
  }
  if (!run.closed && expected_sends(run.load()) > most_sends) {
    return fmt::format("{} broadcasts are more than the {} that fit into one run: lower --rate or --duration",
                       number_in_words(expected_sends(run.load())), number_in_words(most_sends));
  }
  const double own_deliveries = expected_sends(run.load()) * run.own(run.recipients());
  if (run.cross_host && own_deliveries > most_far_deliveries) {
    return fmt::format(
        "{} deliveries to each rank are more than the {} that --cross-host can remember: more ranks, or a "
        "lower "
        "--duration or --rate",
        number_in_words(own_deliveries), number_in_words(most_far_deliveries));
  }
  if (std::size_t{run.clients} * run.senders * sizeof(std::uint32_t) > most_sequence_bytes) {
    return fmt::format(
        "{} clients x {} senders are more orders to watch than fit into memory: lower --senders", run.clients,
        run.senders);
  }
  return std::nullopt;
}

std::optional<std::string> prohibition(const Options& options, const std::vector<Address>& addresses) {
  const auto& run = options.run;
  const auto is_here = [](const Address& address) { return address.is_loopback(); };
  if (std::all_of(addresses.begin(), addresses.end(), is_here)) return std::nullopt;
  if (!options.may_load_this_server) {
    return fmt::format(
        "{} is not on this machine. Loading other people's servers is an attack; if this one is "
        "yours, or you may, say --i-may-load-this-server",
        run.url.text());
  }
  const bool polite =
      !run.closed && deliveries_per_s(run) <= polite_deliveries_per_s && run.clients <= polite_clients;
  if (polite || options.really) return std::nullopt;
  return fmt::format(
      "more than {} clients, {} deliveries a second or --closed on a server that is not on this "
      "machine needs --really; this would be {} clients and {} deliveries a second",
      polite_clients, polite_deliveries_per_s, run.clients,
      run.closed ? "any number of" : number_in_words(deliveries_per_s(run)));
}

std::optional<std::string> concern(const Options& options) {
  const auto expected = deliveries_per_s(options.run);
  if (expected <= remarkable_deliveries_per_s) return std::nullopt;
  return fmt::format("{} deliveries a second are expected: few servers can do that on one core",
                     number_in_words(expected));
}

}  // namespace chatlab::loadgen
