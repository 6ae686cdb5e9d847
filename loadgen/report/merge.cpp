#include "loadgen/report/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "loadgen/conductor.hpp"

namespace chatlab::loadgen {
namespace {

std::chrono::nanoseconds seconds(const nlohmann::json& value) {
  return std::chrono::nanoseconds(std::llround(value.get<double>() * 1e9));
}

Histogram histogram_of(const nlohmann::json& times) {
  Histogram histogram;
  for (const auto& pair : times.at("counts"))
    histogram.record(Microseconds(pair.at(0).get<std::int64_t>()), pair.at(1).get<std::uint64_t>());
  histogram.record_under_range(times.value("under_range", std::uint64_t{0}));
  histogram.record_over_range(times.value("over_range", std::uint64_t{0}));
  return histogram;
}

void read_figures(const nlohmann::json& report, Figures& figures) {
  const auto& times = report.at("times");
  figures.completion = histogram_of(times.at("completion"));
  figures.delivery = histogram_of(times.at("delivery"));
  figures.first = histogram_of(times.at("first"));
  figures.spread = histogram_of(times.at("spread"));
  figures.raw = histogram_of(times.at("raw"));
  figures.send_lag = histogram_of(times.at("send_lag"));
  const auto& integrity = report.at("integrity");
  integrity.at("broadcasts").get_to(figures.broadcasts);
  integrity.at("written").get_to(figures.written);
  integrity.at("complete").get_to(figures.complete);
  integrity.at("expected_deliveries").get_to(figures.expected);
  auto& counts = figures.counts;
  integrity.at("deliveries").get_to(counts.deliveries);
  integrity.at("duplicates").get_to(counts.duplicates);
  integrity.at("fifo_breaks").get_to(counts.fifo_breaks);
  integrity.at("order_checked").get_to(counts.order_checked);
  integrity.at("order_breaks").get_to(counts.order_breaks);
  for (const auto& second : report.at("seconds"))
    figures.intervals.push_back(
        Interval::of(histogram_of(second), seconds(second.at("begin_s")), seconds(second.at("length_s"))));
}

void read_settings(const nlohmann::json& report, Settings& settings) {
  const auto& given = report.at("settings");
  given.at("clients").get_to(settings.clients);
  given.at("senders").get_to(settings.senders);
  given.at("slow").get_to(settings.slow);
  given.at("threads").get_to(settings.threads);
  given.at("payload_bytes").get_to(settings.text_bytes);
  settings.rate_per_s = given.at("rate_per_s").is_null() ? 0 : given.at("rate_per_s").get<double>();
  settings.closed =
      given.at("in_flight_per_sender").is_null() ? 0 : given.at("in_flight_per_sender").get<std::uint32_t>();
  settings.duration = seconds(given.at("duration_s"));
}

Result read_result(const nlohmann::json& report, const std::string& path) {
  Result result;
  report.at("target").get_to(result.target);
  report.at("started_s").get_to(result.started_s);
  result.measured = seconds(report.at("measured_s"));
  if (!report.at("unreachable").is_null())
    result.unreachable = path + ": " + report.at("unreachable").get<std::string>();
  report.at("died").get_to(result.died);
  report.at("interrupted").get_to(result.interrupted);
  result.host_local = report.value("host_local", false);
  if (const auto error = report.find("clock_error_us"); error != report.end() && !error->is_null())
    result.clock_error = std::chrono::nanoseconds(std::llround(error->get<double>() * 1000));
  report.at("first_end").get_to(result.first_end);
  read_settings(report, result.settings);
  read_figures(report, result.figures);
  const auto& integrity = report.at("integrity");
  integrity.at("corrupted").get_to(result.oddities.corrupted);
  integrity.at("strangers").get_to(result.oddities.strangers);
  integrity.at("ended_connections").get_to(result.ended);
  integrity.at("churned").get_to(result.churned);
  integrity.at("slow_deliveries").get_to(result.oddities.slow_deliveries);
  integrity.at("slow_ended").get_to(result.slow_ended);
  report.at("throughput").at("received_bytes").get_to(result.received_bytes);
  const auto& login = report.at("login");
  result.gathering = {histogram_of(login.at("connect")), histogram_of(login.at("login")),
                      seconds(login.at("until_everyone_saw_everyone_s")), login.at("received_bytes")};
  const auto& generator = report.at("resources").at("generator");
  result.own_cpu = std::chrono::nanoseconds(
      std::llround(generator.at("cpu_us_per_delivery").get<double>() * 1000 *
                   static_cast<double>(std::max<std::uint64_t>(1, result.figures.counts.deliveries))));
  generator.at("cpu_share").get_to(result.health.cpu_share);
  generator.at("resident_bytes").get_to(result.own_resident_bytes);
  const auto trust = report.at("verdict").at("trust").get<std::string>();
  for (const auto one : {Trust::valid, Trust::suspect, Trust::invalid}) {
    if (trust == to_string(one)) result.verdict.trust = one;
  }
  for (const auto& reason : report.at("verdict").at("reasons"))
    result.verdict.reasons.push_back(fmt::format("{}: {}", path, reason.get<std::string>()));
  return result;
}

void add(Result& sum, const Result& one) {
  sum.settings.clients += one.settings.clients;
  sum.settings.senders += one.settings.senders;
  sum.settings.slow += one.settings.slow;
  sum.settings.threads += one.settings.threads;
  sum.settings.rate_per_s += one.settings.rate_per_s;
  sum.figures.add(one.figures);
  // Whole seconds: series of processes that were started by hand meet in the same line.
  const auto later = std::chrono::seconds(std::llround(one.started_s - sum.started_s));
  for (auto interval : one.figures.intervals) {
    interval.begin += later;
    sum.figures.intervals.push_back(std::move(interval));
  }
  sum.oddities.add(one.oddities);
  sum.gathering.connect.merge(one.gathering.connect);
  sum.gathering.login.merge(one.gathering.login);
  sum.gathering.until_everyone_saw_everyone =
      std::max(sum.gathering.until_everyone_saw_everyone, one.gathering.until_everyone_saw_everyone);
  sum.gathering.received_bytes += one.gathering.received_bytes;
  sum.measured = std::max(sum.measured, one.measured);
  sum.received_bytes += one.received_bytes;
  sum.churned += one.churned;
  sum.ended += one.ended;
  sum.slow_ended += one.slow_ended;
  sum.own_cpu += one.own_cpu;
  sum.own_resident_bytes += one.own_resident_bytes;
  sum.health.cpu_share = std::max(sum.health.cpu_share, one.health.cpu_share);
  sum.died = sum.died || one.died;
  sum.interrupted = sum.interrupted || one.interrupted;
  sum.host_local = sum.host_local || one.host_local;
  if (one.clock_error)
    sum.clock_error = std::max(*one.clock_error, sum.clock_error.value_or(*one.clock_error));
  sum.parts.insert(sum.parts.end(), one.parts.begin(), one.parts.end());
  // The reason is with the one who failed, not with those who waited for it.
  const bool knows_why = sum.unreachable && !sum.unreachable->ends_with(others_failed);
  if (one.unreachable && !knows_why) sum.unreachable = one.unreachable;
  if (sum.first_end.empty()) sum.first_end = one.first_end;
  sum.verdict.trust = std::max(sum.verdict.trust, one.verdict.trust);
  sum.verdict.reasons.insert(sum.verdict.reasons.end(), one.verdict.reasons.begin(),
                             one.verdict.reasons.end());
}

Contribution part_of(const Result& result, const std::string& name) {
  const auto& figures = result.figures;
  return {name,
          result.settings.clients,
          result.settings.senders,
          figures.counts.deliveries,
          figures.expected,
          figures.completion.percentile(50),
          figures.completion.percentile(99),
          result.health.cpu_share,
          result.verdict.trust};
}

boost::system::result<Result, client::Failure> read_report(const NamedReport& named) {
  const auto report = nlohmann::json::parse(named.json, nullptr, false);
  if (!report.is_object() || report.value("tool", "") != "chatlab-loadgen")
    return client::Failure{fmt::format(
        "{} is no report of chatlab-loadgen in JSON; --format json or --out writes one", named.name)};
  try {
    auto result = read_result(report, named.name);
    result.parts = {part_of(result, named.name)};
    return result;
  } catch (const nlohmann::json::exception& error) {
    return client::Failure{fmt::format("{} is no whole report: {}", named.name, error.what())};
  }
}

boost::system::result<Result, client::Failure> sum_of(std::vector<Result> results) {
  std::stable_sort(results.begin(), results.end(),
                   [](const Result& left, const Result& right) { return left.started_s < right.started_s; });
  auto sum = results.front();
  for (std::size_t i = 1; i < results.size(); ++i) {
    if (results[i].started_s > sum.started_s + in_seconds(sum.measured)) {
      return client::Failure{
          fmt::format("the reports are not of one time: one begins {:.0f} s after another has ended",
                      results[i].started_s - sum.started_s - in_seconds(sum.measured))};
    }
    add(sum, results[i]);
  }
  sum.figures.intervals = merged(std::move(sum.figures.intervals));
  if (sum.clock_error) sum.figures.hide_below(least_believed(*sum.clock_error));
  std::stable_sort(
      sum.parts.begin(), sum.parts.end(),
      [](const Contribution& left, const Contribution& right) { return left.name < right.name; });
  sum.target = fmt::format("{} (merged from {} reports)", sum.target, results.size());
  return sum;
}

}  // namespace

boost::system::result<Result, client::Failure> merge_reports(const std::vector<NamedReport>& reports) {
  std::vector<Result> results;
  for (const auto& report : reports) {
    auto read = read_report(report);
    if (read.has_error()) return read.error();
    results.push_back(std::move(*read));
  }
  return sum_of(std::move(results));
}

boost::system::result<Result, client::Failure> merge_files(const std::vector<std::string>& paths) {
  std::vector<Result> results;
  for (const auto& path : paths) {
    std::ifstream file(path);
    if (!file) return client::Failure{fmt::format("cannot read {}: is it there?", path)};
    auto read = read_report({path, {std::istreambuf_iterator<char>(file), {}}});
    if (read.has_error()) return read.error();
    results.push_back(std::move(*read));
  }
  return sum_of(std::move(results));
}

}  // namespace chatlab::loadgen
