#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "loadgen/machine.hpp"
#include "loadgen/report/json_parts.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

constexpr double percentiles[] = {1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99};

/// Null for what is lost, or hidden.
Json microseconds(std::optional<Microseconds> time) {
  time = Histogram::told(time);
  return time ? Json(time->count()) : Json();
}

Json counts_of(const Interval& interval) {
  auto counts = Json::array();
  for (const auto& [index, count] : interval.counts)
    counts.push_back({Histogram::lowest_of(index).count(), count});
  return counts;
}

Json times_of(const Histogram& times) {
  Json values = Json::object();
  for (const double percent : percentiles)
    values[fmt::format("{:g}", percent)] = microseconds(times.percentile(percent));
  return {{"count", times.count()},
          {"under_range", times.under_range()},
          {"over_range", times.over_range()},
          {"min_us", microseconds(times.min())},
          {"max_us", times.over_range() ? Json() : microseconds(times.max())},
          {"mean_us", times.in_range() && !times.under_range() ? Json(times.mean_us()) : Json()},
          {"percentiles_us", std::move(values)},
          {"counts", counts_of(Interval::of(times, {}, {}))}};
}

Json confidence_of(const Result& result) {
  Json intervals = Json::object();
  const auto bound = [](std::int64_t value_us) {
    return value_us == Figures::lost_us ? Json() : microseconds(Microseconds(value_us));
  };
  for (std::size_t i = 0; i < result.confidence.size(); ++i) {
    intervals[fmt::format("{:g}", reported_percentiles[i])] = {bound(result.confidence[i].low),
                                                               bound(result.confidence[i].high)};
  }
  return intervals;
}

Json integrity_of(const Result& result) {
  const auto& figures = result.figures;
  const auto& counts = figures.counts;
  return {{"broadcasts", figures.broadcasts},
          {"written", figures.written},
          {"complete", figures.complete},
          {"expected_deliveries", figures.expected},
          {"deliveries", counts.deliveries},
          {"reach", figures.reach()},
          {"lost", figures.lost()},
          {"duplicates", counts.duplicates},
          {"fifo_breaks", counts.fifo_breaks},
          {"order_checked", counts.order_checked},
          {"order_breaks", counts.order_breaks},
          {"order_agreement", figures.order_agreement()},
          {"corrupted", result.oddities.corrupted + counts.impossible},
          {"strangers", result.oddities.strangers},
          {"ended_connections", result.ended},
          {"churned", result.churned},
          {"slow_deliveries", result.oddities.slow_deliveries},
          {"slow_ended", result.slow_ended}};
}

Json login_of(const Result& result) {
  auto groups = Json::array();
  for (const auto& group : result.login_groups)
    groups.push_back({{"first", group.first}, {"last", group.last}, {"mean_delivery_us", group.mean_us}});
  return {{"connect", times_of(result.gathering.connect)},
          {"login", times_of(result.gathering.login)},
          {"until_everyone_saw_everyone_s", in_seconds(result.gathering.until_everyone_saw_everyone)},
          {"received_bytes", result.gathering.received_bytes},
          {"by_position", std::move(groups)}};
}

Json resources_of(const Result& result) {
  const auto& health = result.health;
  const auto deliveries = static_cast<double>(std::max<std::uint64_t>(1, result.figures.counts.deliveries));
  Json server;
  if (result.server) {
    server = {{"processes", result.server->processes},
              {"cpu_share", result.server->cpu_share()},
              {"cpu_us_per_delivery", in_seconds(result.server->cpu) * 1e6 / deliveries},
              {"resident_bytes", result.server->resident_bytes},
              {"peak_resident_bytes", result.server->peak_resident_bytes}};
  }
  return {{"generator",
           {{"cpu_share", health.cpu_share},
            {"cpu_us_per_delivery", in_seconds(result.own_cpu) * 1e6 / deliveries},
            {"waiting_share", health.waiting_share},
            {"stolen_share", health.stolen_share},
            {"unread_wait_us", health.unread_wait_us},
            {"dispatch_lag_p99_us", microseconds(health.dispatch_lag.percentile(99))},
            {"loop_p99_us", microseconds(health.loop.percentile(99))},
            {"capacity_per_cpu_s", result.capacity_per_s ? Json(*result.capacity_per_s) : Json()},
            {"used_capacity", health.used_capacity ? Json(*health.used_capacity) : Json()},
            {"resident_bytes", result.own_resident_bytes},
            {"parsed_share", Figures::ratio(result.parsed, result.messages, 0)}}},
          {"server", std::move(server)},
          {"bottleneck", bottleneck(result)}};
}

Json seconds_of(const Figures& figures) {
  auto seconds = Json::array();
  for (const auto& interval : by_second(figures.intervals)) {
    Histogram times;
    interval.add_to(times);
    seconds.push_back({{"begin_s", in_seconds(interval.begin)},
                       {"length_s", in_seconds(interval.length)},
                       {"deliveries", times.under_range() + times.in_range()},
                       {"p50_us", microseconds(times.percentile(50))},
                       {"p99_us", microseconds(times.percentile(99))},
                       {"max_us", microseconds(times.max())},
                       {"under_range", times.under_range()},
                       {"counts", counts_of(interval)}});
  }
  return seconds;
}

Json parts_of(const Result& result) {
  auto all = Json::array();
  for (const auto& part : result.parts)
    all.push_back({{"name", part.name},
                   {"clients", part.clients},
                   {"senders", part.senders},
                   {"deliveries", part.deliveries},
                   {"expected_deliveries", part.expected},
                   {"completion_p50_us", microseconds(part.completion_p50)},
                   {"completion_p99_us", microseconds(part.completion_p99)},
                   {"cpu_share", part.cpu_share},
                   {"trust", to_string(part.trust)}});
  return all;
}

Json progressions_of(const Result& result) {
  auto all = Json::array();
  for (const auto& one : result.progressions)
    all.push_back({{"at_s", in_seconds(one.at)},
                   {"sent", one.sent},
                   {"delivered", one.delivered},
                   {"backlog", one.backlog}});
  return all;
}

}  // namespace

Json settings_json(const Settings& settings) {
  return {{"clients", settings.clients},
          {"senders", settings.senders},
          {"loop", settings.closed ? "closed" : "open"},
          {"rate_per_s", settings.closed ? Json() : Json(settings.rate_per_s)},
          {"in_flight_per_sender", settings.closed ? Json(settings.closed) : Json()},
          {"arrivals", settings.arrivals == Arrivals::poisson ? "poisson" : "constant"},
          {"seed", settings.seed},
          {"payload_bytes", settings.text_bytes},
          {"warmup_s", in_seconds(settings.warmup)},
          {"duration_s", in_seconds(settings.duration)},
          {"drain_s", in_seconds(settings.drain)},
          {"ramp_s", in_seconds(settings.ramp)},
          {"login_rate_per_s", settings.login_rate_per_s},
          {"churn_per_s", settings.churn_per_s},
          {"slow", settings.slow},
          {"threads", settings.threads}};
}

Json machine_json() {
  const auto machine = Machine::here();
  return {{"processor", machine.processor},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"system", machine.system}};
}

std::string json_report(const Result& result) {
  Json times = Json::object();
  for (const char* name : {"completion", "delivery", "first", "spread", "raw", "send_lag"})
    times[name] = times_of(*times_named(result.figures, name));
  times["completion"]["confidence_95_us"] = confidence_of(result);
  auto slos = Json::array();
  for (const auto& slo : result.slos)
    slos.push_back({{"slo", slo.text}, {"kept", slo.kept}, {"measured", slo.measured}});
  const Json report = {
      {"tool", "chatlab-loadgen"},
      {"version", CHATLAB_VERSION},
      {"format", 1},
      {"target", result.target},
      {"started_s", result.started_s},
      {"measured_s", in_seconds(result.measured)},
      {"exit_code", static_cast<int>(exit_code(result))},
      {"unreachable", result.unreachable ? Json(*result.unreachable) : Json()},
      {"died", result.died},
      {"interrupted", result.interrupted},
      {"host_local", result.host_local},
      {"clock_error_us", result.clock_error ? Json(in_seconds(*result.clock_error) * 1e6) : Json()},
      {"first_end", result.first_end},
      {"verdict", {{"trust", to_string(result.verdict.trust)}, {"reasons", result.verdict.reasons}}},
      {"settings", settings_json(result.settings)},
      {"machine", machine_json()},
      {"throughput",
       {{"offered_per_s", result.offered_per_s()},
        {"achieved_per_s", result.achieved_per_s()},
        {"deliveries_per_s", result.deliveries_per_s()},
        {"received_bytes", result.received_bytes}}},
      {"times", std::move(times)},
      {"integrity", integrity_of(result)},
      {"login", login_of(result)},
      {"resources", resources_of(result)},
      {"seconds", seconds_of(result.figures)},
      {"progressions", progressions_of(result)},
      {"parts", parts_of(result)},
      {"slos", std::move(slos)}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chatlab::loadgen
