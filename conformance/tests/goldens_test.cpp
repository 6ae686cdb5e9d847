// Every report format, the diagrams and the explanations, held against golden copies in goldens/. After a
// change that is meant: ci/goldens writes them anew; look at the difference before you commit it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include "conformance/explain.hpp"
#include "conformance/report/causes.hpp"
#include "conformance/report/diagram.hpp"
#include "conformance/report/report.hpp"
#include "conformance/run.hpp"
#include "conformance/suite_files.hpp"
#include "conformance/tests/golden_run.hpp"

namespace chatlab::conformance {
namespace {

std::string without_version(std::string text) {
  const std::string version = "chatlab-conformance " CHATLAB_VERSION;
  for (auto at = text.find(version); at != std::string::npos; at = text.find(version, at)) {
    text.replace(at, version.size(), "chatlab-conformance VERSION");
  }
  return text;
}

void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::string(CHATLAB_GOLDENS "/") + name;
  const auto now = without_version(text);
  if (std::getenv("CHATLAB_WRITE_GOLDENS")) {
    std::ofstream(path, std::ios::binary) << now;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string golden(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(golden, now) << name << " differs (- golden, + now). If that is meant: ci/goldens";
}

class Goldens : public testing::Test {
 protected:
  void expect_reports(const std::string& name, const RunResult& result) {
    for (const auto& [format, ending] : {std::pair(Format::text, "txt"),
                                         {Format::json, "json"},
                                         {Format::junit, "xml"},
                                         {Format::tap, "tap"},
                                         {Format::html, "html"},
                                         {Format::github, "github"},
                                         {Format::markdown, "md"}}) {
      expect_golden(name + "." + ending, write_report(result, format, {}));
    }
  }

  const CheckResult& result_of(const std::string& id) {
    const auto is = [&](const CheckResult& one) { return one.check->id == id; };
    return *std::find_if(run_.result.checks.begin(), run_.result.checks.end(), is);
  }

  GoldenRun run_;
};

TEST_F(Goldens, EveryFormat) {
  expect_reports("report", run_.result);
}

TEST_F(Goldens, EveryFormatOfAnUnreachableServer) {
  RunSettings settings;
  settings.target = "ws://localhost:1/";
  auto result = unreachable_result(*run_.result.suite, settings, "nothing <listens> there\n\x1b[2J", {});
  result.duration = {};
  result.started_at = run_.result.started_at;
  expect_reports("unreachable", result);
}

TEST_F(Goldens, EveryFormatAfterAnErrorInside) {
  RunSettings settings;
  settings.target = "ws://localhost:1/";
  auto result = broken_result(*run_.result.suite, settings, "out of luck & memory", {});
  result.duration = {};
  result.started_at = "";
  expect_reports("broken", result);
}

TEST_F(Goldens, Transcripts) {
  auto& checks = run_.result.checks;
  std::erase_if(checks, [](const CheckResult& one) { return one.check->area() != "chat"; });
  expect_golden("transcript.txt", text_report(run_.result, {false, true}));
  expect_golden("transcript.json", json_report(run_.result, true));
  expect_golden("transcript.html", html_report(run_.result, {.transcript = true}));
}

/// Who got what when, and what the server printed, two runs need not have alike: the page that links to it is
/// the same.
TEST_F(Goldens, ThePageBesideARun) {
  const Style style{.run_link = "../runs/a%252Fb.html"};
  const auto page = html_report(run_.result, style);
  for (auto& check : run_.result.checks) {
    if (!check.server_output.empty()) check.server_output = "pid 4711";
    for (auto& transcript : check.transcripts) {
      for (auto& event : transcript.events) event.at = std::chrono::microseconds(5000) - event.at;
    }
  }
  const auto other = html_report(run_.result, style);
  const std::regex time("after [-0-9.]+ ms");
  EXPECT_EQ(std::regex_replace(other, time, ""), std::regex_replace(page, time, ""));
  EXPECT_EQ(page.find("<svg"), std::string::npos);
  EXPECT_EQ(page.find("Traceback"), std::string::npos);
  EXPECT_NE(page.find(R"(<a href="../runs/a%252Fb.html#disconnect.announced">)"), std::string::npos);
  EXPECT_NE(html_report(run_.result, {}).find(R"(id="disconnect.announced")"), std::string::npos);
}

TEST_F(Goldens, Diagrams) {
  for (const char* id : {"login.announced", "chat.everyone", "chat.once", "disconnect.announced",
                         "robust.burst", "robust.crowd", "robust.survives", "leave.vanished"}) {
    expect_golden(std::string("diagram-") + id + ".svg", diagram_as_svg_file(make_diagram(result_of(id))));
  }
}

TEST_F(Goldens, Explanations) {
  std::string text;
  for (const auto& check : run_.result.suite->checks) text += *explain(*run_.result.suite, check.id) + "\n\n";
  expect_golden("explanations.txt", text);
}

TEST_F(Goldens, FailureTexts) {
  std::string text;
  for (const auto& one : run_.result.checks) text += one.check->id + ": " + one.verdict.message + "\n";
  expect_golden("failures.txt", text);
}

// What the judge says and what is shown as evidence of it cannot disagree.
TEST_F(Goldens, EvidenceAgreesWithTheVerdict) {
  for (const auto& one : run_.result.checks) {
    if (one.transcripts.empty()) continue;
    const auto& expectations = one.proof.expectations;
    const bool kept =
        std::all_of(expectations.begin(), expectations.end(), [](auto& each) { return each.is_kept(); });
    EXPECT_EQ(kept, one.verdict.status == Status::passed) << one.check->id << ": " << one.verdict.message;
  }
}

TEST(Examples, EveryCheckOfTheSuitePassesItsOwn) {
  const auto suite = load_suite("");
  ASSERT_TRUE(suite.has_value());
  for (const auto& check : suite->checks) {
    const auto result = play_example(check, {});
    EXPECT_EQ(result.verdict.message, "") << check.id;
    for (const auto& expectation : result.proof.expectations) {
      EXPECT_TRUE(expectation.is_kept()) << check.id << ": " << expectation.words;
    }
    const auto diagram = make_diagram(result);
    EXPECT_LE(diagram.rows.size(), 40u) << check.id << " is longer than a page";
    EXPECT_LE(diagram.lanes.size(), 8u) << check.id << " is wider than a page";
    EXPECT_FALSE(diagram.rows.empty()) << check.id;
    EXPECT_TRUE(explain(*suite, check.id)) << check.id;
  }
}

// Whatever one client loses, the evidence says so, and to whom.
TEST(Examples, ALostFrameIsMissingInTheEvidence) {
  const auto suite = load_suite("");
  ASSERT_TRUE(suite.has_value());
  std::size_t judged = 0;
  for (const auto& check : suite->checks) {
    if (check.id != "login.announced" && check.area() != "chat") continue;
    const auto loser = check.clients.front().name;
    const auto result = play_example(check, [&](Record& record) { lose(record, loser, 0); });
    EXPECT_EQ(result.verdict.status, Status::failed) << check.id;
    const auto& expectations = result.proof.expectations;
    const bool told = std::any_of(expectations.begin(), expectations.end(), [&](const auto& each) {
      const auto& missing = each.messages.front().missing;
      return std::find(missing.begin(), missing.end(), loser) != missing.end();
    });
    EXPECT_TRUE(told) << check.id;
    ++judged;
  }
  EXPECT_GE(judged, 7u);
}

TEST_F(Goldens, CausesFoldWhatTheyExplain) {
  const auto causes = find_causes(run_.result);
  std::vector<std::string> told;
  for (const auto& cause : causes) told.push_back(cause.root->check->id + ": " + ids_of(cause.blocked));
  EXPECT_EQ(told,
            (std::vector<std::string>{"chat.everyone: chat.unchanged, chat.order", "disconnect.announced: ",
                                      "chat.once: ", "robust.survives: ", "gone.first: gone.second"}));
  EXPECT_EQ(blocked_points(causes.front()), 1);
}

TEST(Explaining, AnUnknownCheckNamesNearOnes) {
  const auto suite = load_suite("");
  const auto error = [&](const char* id) { return explain(*suite, id).error().text; };
  EXPECT_EQ(
      error("chat.everybody"),
      "the suite lab08 has no check 'chat.everybody'; did you mean chat.everyone? --list shows them all");
  EXPECT_EQ(error("order"),
            "the suite lab08 has no check 'order'; did you mean chat.order? --list shows them all");
  EXPECT_EQ(error("qqqqqqqqqq"), "the suite lab08 has no check 'qqqqqqqqqq'; --list shows them all");
  EXPECT_EQ(error(""), "the suite lab08 has no check ''; --list shows them all");
}

}  // namespace
}  // namespace chatlab::conformance
