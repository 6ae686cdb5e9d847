#include "loadgen/climb.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/report/page.hpp"
#include "loadgen/report/sweep_report.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

Result right_window() {
  Result window;
  window.measured = 1s;
  auto& figures = window.figures;
  figures.broadcasts = figures.written = figures.complete = 100;
  figures.expected = figures.counts.deliveries = 10'000;
  figures.completion.record(20ms, 100);
  for (int i = 0; i < 10; ++i)
    window.progressions.push_back(
        {i * 100ms, static_cast<std::uint64_t>(i * 10), static_cast<std::uint64_t>(i * 1000), 100});
  return window;
}

struct WindowRow {
  const char* name;
  void (*change)(Result&);
  Held climbing, confirming;
  const char* why;
};

TEST(Window, IsHeldOnlyWhereEverythingIsRight) {
  const std::vector<Slo> slos = {*parse_slo("completion.p99<50ms")};
  for (const auto& row : std::initializer_list<WindowRow>{
           {"right", [](Result&) {}, Held::yes, Held::yes, ""},
           {"slow", [](Result& window) { window.figures.completion.record(80ms, 5); }, Held::no, Held::no,
            "was 80"},
           {"lossy", [](Result& window) { --window.figures.counts.deliveries; }, Held::no, Held::no,
            "1 lost"},
           {"behind", [](Result& window) { window.figures.written = 98; }, Held::no, Held::no,
            "98.0/s achieved of 100.0/s"},
           {"a growing backlog",
            [](Result& window) {
              for (std::size_t i = 0; i < 10; ++i) window.progressions[i].backlog = i * 400;
            },
            Held::no, Held::no, "the backlog grew"},
           {"dead", [](Result& window) { window.died = true; }, Held::no, Held::no, "died"},
           {"unreachable", [](Result& window) { window.unreachable = "nobody came in"; }, Held::no, Held::no,
            "nobody"},
           {"suspect",
            [](Result& window) {
              window.verdict = {Trust::suspect, {"stolen"}};
            },
            Held::yes, Held::cannot_tell, "SUSPECT: stolen"},
           {"invalid and slow",
            [](Result& window) {
              window.verdict = {Trust::invalid, {"late"}};
              window.figures.completion.record(80ms, 50);
            },
            Held::cannot_tell, Held::cannot_tell, "INVALID: late"}}) {
    auto window = right_window();
    row.change(window);
    std::string climbing, confirming;
    EXPECT_EQ(judge_window(window, slos, SearchStep::Why::climb, climbing), row.climbing)
        << row.name << climbing;
    EXPECT_EQ(judge_window(window, slos, SearchStep::Why::confirm, confirming), row.confirming)
        << row.name << confirming;
    EXPECT_NE(confirming.find(row.why), std::string::npos) << row.name << ": " << confirming;
  }
}

TEST(Window, HasAFlatBacklogWhereItOnlyWavers) {
  const auto flat = [](const std::vector<std::uint64_t>& backlogs) {
    std::vector<Progression> progressions;
    for (const auto backlog : backlogs) progressions.push_back({{}, 0, progressions.size() * 1000, backlog});
    return backlog_is_flat(progressions, 100);
  };
  EXPECT_TRUE(flat({100, 300, 100, 0, 200, 300, 250, 300, 300}));
  EXPECT_FALSE(flat({100, 300, 500, 700, 900, 1100, 1300, 1500, 1700}));
  EXPECT_TRUE(flat({5000, 4000, 3000, 2000, 1000, 500, 0, 0, 0}));  // it catches up
  EXPECT_TRUE(flat({}));
}

Sweep found(Finding finding) {
  Sweep sweep;
  sweep.slos = {*parse_slo("completion.p99<100ms")};
  Climb climb{"node", "node server.js", {}, finding, std::nullopt, 399.4, 400};
  for (const double load : {100.0, 200.0, 400.0})
    climb.windows.push_back({{SearchStep::Why::climb, load}, Held::yes, "", right_window()});
  auto slow = right_window();
  slow.figures.completion.record(700ms, 50);
  climb.windows.push_back({{SearchStep::Why::climb, 800}, Held::no, "too slow", slow});
  sweep.climbs.push_back(std::move(climb));
  return sweep;
}

TEST(Climb, SaysWhatWasFoundAndWhatWasNot) {
  struct Row {
    Finding finding;
    const char* words;
    ExitCode code;
  };
  using Limit = Finding::Limit;
  for (const auto& row : std::initializer_list<Row>{
           {{400, true, Limit::server, 800},
            "node holds 400 broadcasts/s (399.4/s achieved), three times over; 800 broadcasts/s were too "
            "much",
            ExitCode::ok},
           {{400, true, Limit::generator, 0},
            "beyond it the generator is the limit, so the server may hold more",
            ExitCode::ok},
           {{400, false, Limit::server, 800}, "could not be confirmed by VALID windows", ExitCode::invalid},
           {{0, false, Limit::generator, 0},
            "nothing can be said, the generator itself is the limit",
            ExitCode::invalid},
           {{0, false, Limit::server, 1},
            "holds no load that was tried, down to 1 broadcasts/s",
            ExitCode::slo_missed}}) {
    const auto sweep = found(row.finding);
    EXPECT_NE(in_words(sweep.climbs[0], Axis::rate).find(row.words), std::string::npos)
        << in_words(sweep.climbs[0], Axis::rate);
    EXPECT_EQ(exit_code(sweep), row.code) << row.words;
  }
}

TEST(Climb, IsReportedAsTextJsonCsvAndPage) {
  const auto sweep = found({400, true, Finding::Limit::server, 800});
  EXPECT_NE(text_report(sweep, false).find("node holds 400 broadcasts/s"), std::string::npos);
  const auto json = nlohmann::json::parse(json_report(sweep));
  EXPECT_EQ(json["targets"][0]["held"], 400);
  EXPECT_EQ(json["targets"][0]["windows"].size(), 4u);
  EXPECT_NE(csv_report(sweep).find("node,800,climb,no,VALID,100.0,100.0,1.000000,"), std::string::npos)
      << csv_report(sweep);
  const auto html = html_of(page_of(sweep));
  EXPECT_NE(html.find("node holds 400 broadcasts/s"), std::string::npos);
  EXPECT_NE(html.find("completion.p99&lt;100ms"), std::string::npos);
  const auto svg = svg_of(main_plot(sweep), true);
  EXPECT_NE(svg.find("class=\"dot c0 ring\""), std::string::npos);  // the one that was not held
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Climb, KnowsItsRange) {
  Options options;
  options.run.clients = 100;
  auto range = range_of(options);
  EXPECT_EQ(range.first, 100);
  EXPECT_EQ(range.most, 50'000);  // times 100 clients: what any machine does
  options.axis = Axis::clients;
  EXPECT_TRUE(range_of(options).whole);
  options.axis = Axis::payload;
  EXPECT_EQ(range_of(options).first, 128);
}

}  // namespace
}  // namespace chatlab::loadgen
