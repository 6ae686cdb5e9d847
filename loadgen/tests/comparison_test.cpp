#include "loadgen/comparison.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "loadgen/report/comparison_report.hpp"
#include "loadgen/report/page_parts.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

/// A round in which every completion took so long, give or take.
Result round_of_ms(int ms, int wobble = 0) {
  Result result;
  result.target = "somewhere";
  result.measured = 1s;
  auto& figures = result.figures;
  for (int i = 0; i < 50; ++i) {
    const auto time = std::chrono::microseconds(ms * 1000 + (i * 37 + wobble * 91) % 400);
    figures.completion.record(time);
    figures.delivery.record(time);
    figures.completions_us.push_back(time.count());
  }
  figures.broadcasts = figures.written = figures.complete = 50;
  figures.expected = figures.counts.deliveries = 500;
  result.server = ServerUsage{{1}, 5ms, 1s, 10'000'000, 10'000'000};
  return result;
}

Contender contender_of(const std::string& name, int ms, int rounds = 10) {
  Contender contender;
  contender.name = name;
  contender.words = "command of " + name;
  for (int i = 0; i < rounds; ++i) {
    contender.results.push_back(round_of_ms(ms, i));
    contender.rounds.push_back(compared(contender.results.back()));
  }
  return contender;
}

Comparison compared_all(std::vector<Contender> contenders) {
  Comparison comparison;
  comparison.rounds = 10;
  comparison.contenders = std::move(contenders);
  judge(comparison);
  return comparison;
}

Difference difference_of(const Comparison& comparison, std::size_t number) {
  return comparison.measures.front().entries[number].difference;
}

TEST(Comparison, SaysWhichIsSlowerInWords) {
  const auto comparison =
      compared_all({contender_of("old", 10), contender_of("new", 13), contender_of("same", 10)});
  EXPECT_EQ(comparison.base, 0u);
  EXPECT_EQ(difference_of(comparison, 1), Difference::slower);
  EXPECT_EQ(difference_of(comparison, 2), Difference::none);
  EXPECT_NE(comparison.verdict[0].find("new is slower than old: it takes 1.29 times as long"),
            std::string::npos)
      << comparison.verdict[0];
  EXPECT_NE(comparison.verdict[1].find("no difference that this run can show"), std::string::npos);
  const auto text = text_report(comparison, false);
  for (const char* part : {"completion p50", "CPU/delivery", "10.00 us", "slower", "no difference", "1.29"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Comparison, RanksNobodyWhoLosesOrDies) {
  auto lossy = contender_of("lossy", 1), dead = contender_of("dead", 1), right = contender_of("right", 10);
  lossy.results[3].figures.counts.deliveries -= 7;
  dead.results[2].died = true;
  dead.results[2].first_end = "it ended the connection";
  const auto comparison = compared_all({lossy, dead, right, contender_of("slow", 20)});
  EXPECT_EQ(comparison.contenders[0].standing, Standing::lossy);
  EXPECT_EQ(comparison.contenders[1].standing, Standing::dead);
  EXPECT_EQ(comparison.base, 2u);  // the first that can be one
  EXPECT_EQ(difference_of(comparison, 0), Difference::unknown);
  EXPECT_EQ(difference_of(comparison, 1), Difference::unknown);
  EXPECT_EQ(difference_of(comparison, 3), Difference::slower);
  EXPECT_NE(comparison.verdict[0].find("lossy is not ranked. round 4: of 500 deliveries 7 were lost"),
            std::string::npos)
      << comparison.verdict[0];
  EXPECT_EQ(exit_code(comparison, {}), ExitCode::unreachable);
  // Where the machine stood still, something may only have come too late; not twice.
  lossy.results[3].verdict.trust = Trust::invalid;
  EXPECT_EQ(compared_all({lossy, right}).contenders[0].standing, Standing::ranked);
  lossy.results[3].figures.counts.duplicates = 1;
  EXPECT_EQ(compared_all({lossy, right}).contenders[0].standing, Standing::lossy);
  lossy.results[3].figures.counts.duplicates = 0;
  lossy.results[3].verdict.trust = Trust::valid;
  EXPECT_EQ(exit_code(compared_all({right, lossy}), {}), ExitCode::integrity);
  const auto text = text_report(comparison, false);
  EXPECT_NE(text.find("not ranked"), std::string::npos);
}

TEST(Comparison, LeavesRoundsOutInWhichTheGeneratorWasTheLimit) {
  auto one = contender_of("one", 10), two = contender_of("two", 10);
  for (int i = 0; i < 4; ++i) two.rounds[static_cast<std::size_t>(i)] = compared(round_of_ms(50));
  for (int i = 0; i < 4; ++i) two.rounds[static_cast<std::size_t>(i)].trust = Trust::invalid;
  EXPECT_EQ(difference_of(compared_all({one, two}), 1), Difference::none);
  for (int i = 4; i < 6; ++i) two.rounds[static_cast<std::size_t>(i)].trust = Trust::invalid;
  const auto unsure = compared_all({one, two});
  EXPECT_EQ(unsure.contenders[1].standing, Standing::unsure);
  EXPECT_EQ(exit_code(unsure, {}), ExitCode::invalid);
}

TEST(Comparison, FailsWhereItIsSlowerThanAllowed) {
  const auto slower = compared_all({contender_of("old", 10), contender_of("new", 13)});
  EXPECT_EQ(exit_code(slower, {}), ExitCode::ok);
  EXPECT_EQ(exit_code(slower, 0.1), ExitCode::slo_missed);
  EXPECT_EQ(exit_code(slower, 0.5), ExitCode::ok);
  EXPECT_EQ(exit_code(compared_all({contender_of("old", 13), contender_of("new", 10)}), 0.1), ExitCode::ok);
}

TEST(Comparison, TakesTurnsThereAndBack) {
  const auto order = turns(3, 6, 1);
  ASSERT_EQ(order.size(), 6u);
  for (std::size_t i = 0; i < order.size(); i += 2) {
    auto sorted = order[i];
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(sorted, (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_EQ(order[i + 1], (std::vector<std::size_t>(order[i].rbegin(), order[i].rend())));
  }
  EXPECT_EQ(turns(3, 6, 1), order);
  bool is_shuffled = false;
  for (std::uint64_t seed = 2; seed < 9; ++seed) is_shuffled = is_shuffled || turns(3, 6, seed) != order;
  EXPECT_TRUE(is_shuffled);
}

class BaselineFile {
 public:
  explicit BaselineFile(const std::string& content) {
    const int file = ::mkstemp(path.data());
    if (file >= 0) ::close(file);
    std::ofstream(path) << content;
  }
  ~BaselineFile() { std::remove(path.c_str()); }
  std::string path = testing::TempDir() + "chatlab-baseline-XXXXXX";  // its own: tests run side by side
};

TEST(Comparison, IsReadAgainAsABaseline) {
  const BaselineFile file(json_report(compared_all({contender_of("server", 10)})));
  auto baseline = read_baseline(file.path, "another name", {});
  ASSERT_FALSE(baseline.has_error()) << baseline.error().text;
  EXPECT_TRUE(baseline->remarks.empty());
  const auto comparison = compared_all({baseline->contender, contender_of("server", 14)});
  EXPECT_EQ(difference_of(comparison, 1), Difference::slower);
  EXPECT_NE(comparison.verdict[0].find("server is slower than server (baseline)"), std::string::npos)
      << comparison.verdict[0];
  EXPECT_EQ(exit_code(comparison, 0.1), ExitCode::slo_missed);
}

TEST(Comparison, RefusesABaselineOfAnotherLoad) {
  const BaselineFile file(json_report(compared_all({contender_of("a", 10), contender_of("b", 10)})));
  Settings other;
  other.clients = 77;
  EXPECT_NE(read_baseline(file.path, "a", other).error().text.find("clients was 100, and is 77 now"),
            std::string::npos);
  EXPECT_NE(read_baseline(file.path, "c", {}).error().text.find("none of them is called 'c'"),
            std::string::npos);
  EXPECT_FALSE(read_baseline(file.path, "b", {}).has_error());
  EXPECT_NE(read_baseline("/nowhere.json", "a", {}).error().text.find("is it there?"), std::string::npos);
  const BaselineFile wrong("{\"kind\": \"comparison\", \"settings\": {}}");
  EXPECT_NE(read_baseline(wrong.path, "a", {}).error().text.find("no whole comparison"), std::string::npos);
}

TEST(Page, CannotBeBrokenByNames) {
  auto evil = contender_of("</script><b>&\"x", 12);
  const auto html = html_of(page_of(compared_all({contender_of("old", 10), evil})));
  EXPECT_EQ(html.find("</script><b>"), std::string::npos);
  EXPECT_NE(html.find("&lt;/script&gt;&lt;b&gt;&amp;&quot;x"), std::string::npos);
  EXPECT_NE(html.find("Slower than old"), std::string::npos);
  // One file that loads nothing.
  for (const char* loading : {"src=", "@import", "<link rel=\"stylesheet", "fetch(", "url("})
    EXPECT_EQ(html.find(loading), std::string::npos) << loading;
}

TEST(Page, OfARunThatNeverCameToAMeasurementSaysWhy) {
  Result result;
  result.target = "ws://localhost:1/";
  result.unreachable = "nothing listens at ws://localhost:1/";
  const auto html = html_of(page_of(result));
  EXPECT_NE(html.find("It could not be measured"), std::string::npos);
  EXPECT_NE(html.find("nothing listens at"), std::string::npos);
}

TEST(Page, OfARunHasTheFiguresInWords) {
  auto result = round_of_ms(12);
  result.verdict = {Trust::suspect, {"the host took 5 % of this machine's CPU"}};
  auto html = html_of(page_of(result));
  for (const char* part :
       {"99 of 100 messages reached everybody within 12.", "SUSPECT", "the host took 5 %", "100 % delivered",
        "<svg", "class=\"line c0\"", "that came after a later one of the same sender"})
    EXPECT_NE(html.find(part), std::string::npos) << part;
  result.figures.counts.deliveries -= 10;
  result.figures.completion.record_over_range(10);
  result.figures.complete -= 10;
  html = html_of(page_of(result));
  EXPECT_NE(html.find("Of 50 messages 10 never reached everybody"), std::string::npos);
}

TEST(Svg, StandsAloneWithItsStyle) {
  const auto comparison = compared_all({contender_of("old", 10), contender_of("new<", 13)});
  const auto svg = svg_of(main_plot(comparison), true);
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_NE(svg.find("prefers-color-scheme:dark"), std::string::npos);
  EXPECT_NE(svg.find("new&lt;"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_EQ(svg_of(main_plot(Result()), true).find("nan"), std::string::npos);
}

TEST(Svg, GivesEachNineTheSameRoom) {
  EXPECT_NEAR(nines(90), 1, 1e-9);
  EXPECT_NEAR(nines(99.9), 3, 1e-9);
  Histogram times;
  for (int i = 1; i <= 1000; ++i) times.record(std::chrono::microseconds(i * 100));
  const auto line = completion_line("x", times);
  EXPECT_NEAR(line.points.back().first, 3, 1e-6);  // of a thousand values nothing is known behind 99.9 %
  EXPECT_NEAR(line.points.back().second, 99.9, 0.2);
  times.record_over_range(1000);
  EXPECT_LT(completion_line("x", times).points.back().first,
            nines(50.5));  // half is lost: the curve ends there
}

}  // namespace
}  // namespace chatlab::loadgen
