#include "loadgen/report/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/metrics.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

Result measured() {
  Result result;
  result.target = "ws://127.0.0.1:8081/";
  result.measured = 10s;
  auto& figures = result.figures;
  figures.broadcasts = figures.written = 1000;
  figures.complete = 999;
  figures.expected = 100'000;
  figures.counts.deliveries = 99'999;
  figures.completion.record(12ms, 999);
  figures.completion.record_over_range(1);
  figures.delivery.record(5ms, 99'999);
  figures.raw.record(1ms, 99'999);
  Histogram second;
  second.record(5ms, 10);
  figures.intervals.push_back(Interval::of(second, 3s, 1s));
  return result;
}

TEST(Report, ExitCodesHaveAnOrder) {
  auto result = measured();
  EXPECT_EQ(exit_code(result), ExitCode::integrity);
  result.verdict.trust = Trust::invalid;
  EXPECT_EQ(exit_code(result), ExitCode::invalid);
  result.died = true;
  EXPECT_EQ(exit_code(result), ExitCode::unreachable);
  auto whole = measured();
  whole.figures.counts.deliveries = whole.figures.expected;
  EXPECT_EQ(exit_code(whole), ExitCode::ok);
  whole.slos.push_back({"completion.p99<1ms", false, "12.0 ms"});
  EXPECT_EQ(exit_code(whole), ExitCode::slo_missed);
  whole.ended = 1;
  EXPECT_EQ(exit_code(whole), ExitCode::integrity);
}

TEST(Report, TextHasTheVerdictTheTableAndTheLosses) {
  auto result = measured();
  result.verdict = {Trust::invalid, {"its busiest thread used 99 % of a core: add --threads"}};
  const auto text = text_report(result, false);
  for (const char* part : {"INVALID\n  - its busiest thread used 99 % of a core: add --threads\n",
                           "completion     12.0 ms", "lost", "not corrected for coordinated omission",
                           "100.0/s offered, 100.0/s achieved; 10.0k deliveries/s",
                           "99999 of 100000 deliveries, 1 lost, 0 duplicated, 0 corrupted"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text_report(result, true).find('\x1b'), std::string::npos);
}

TEST(Report, NamesClosedLoopsAndUnreachableServers) {
  auto result = measured();
  result.settings.closed = 8;
  EXPECT_NE(text_report(result, false).find("closed loop, 8 broadcasts in flight for each sender"),
            std::string::npos);
  result.unreachable = "nothing listens";
  EXPECT_NE(text_report(result, false).find("It cannot be measured: nothing listens"), std::string::npos);
  EXPECT_EQ(exit_code(result), ExitCode::unreachable);
}

TEST(Report, JsonHasNullForNever) {
  const auto report = nlohmann::json::parse(json_report(measured()));
  EXPECT_EQ(report["times"]["completion"]["percentiles_us"]["99"], 12007);
  EXPECT_TRUE(report["times"]["completion"]["max_us"].is_null());
  EXPECT_EQ(report["times"]["completion"]["over_range"], 1);
  EXPECT_EQ(report["integrity"]["lost"], 1);
  EXPECT_EQ(report["exit_code"], 4);
}

TEST(Report, CsvHasALineASecond) {
  EXPECT_EQ(csv_report(measured()),
            "second,length_s,deliveries,p50_us,p90_us,p99_us,max_us\n3,1.000,10,5003,5003,5003,5003\n");
}

TEST(Report, SeriesHasALineAStep) {
  auto result = measured();
  result.settings.duration = 120s;  // steps of a second
  for (int i = 2; i < 5; ++i)
    result.progressions.push_back(
        {i * 1s, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(10 * i), 5});
  EXPECT_EQ(series_report(result),
            "at_s,sent,delivered,backlog,p50_us,p90_us,p99_us,max_us\n2.000,2,20,5,,,,\n"
            "3.000,3,30,5,5003,5003,5003,5003\n4.000,4,40,5,,,,\n");
  EXPECT_NE(series_report({{"a, b", &result}}).find("\n\"a, b\",2.000,2,20,5"), std::string::npos);
}

TEST(Report, MetricsAreAsPrometheusReadsThem) {
  Progress progress{Progress::Doing::measuring, 500, 500, 12s, 1000, 499'000, 500'000, 2500, -1};
  const auto text = metrics_text(progress);
  for (const char* line :
       {"# TYPE chatlab_loadgen_deliveries_total counter\nchatlab_loadgen_deliveries_total 499000\n",
        "chatlab_loadgen_backlog 1000\n", "chatlab_loadgen_phase 2\n",
        "chatlab_loadgen_delivery_p50_seconds 0.0025\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_EQ(text.find("p99"), std::string::npos);  // not known yet
}

TEST(Report, ProgressTellsWhatIsUnderWay) {
  Progress progress;
  progress.clients = 500;
  progress.inside = 20;
  EXPECT_EQ(progress_line(progress), "logged in: 20 of 500");
  progress = {Progress::Doing::measuring, 500, 500, 12s, 1000, 499'000, 500'000, 2500, 12'000};
  EXPECT_EQ(
      progress_line(progress),
      "measuring: 12 s left, 1.00k sent, 499k delivered, 1.00k under way, delivery p50 2.50 ms p99 12.0 ms");
  progress.p99_us = -1;
  EXPECT_NE(progress_line(progress).find("p99 -"), std::string::npos);
}

}  // namespace
}  // namespace chatlab::loadgen
