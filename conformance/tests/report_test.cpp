// The reports, held against golden copies, and what a run comes to.
#include "conformance/report/report.hpp"

#include <gtest/gtest.h>

#include "conformance/payload_reader.hpp"
#include "conformance/run.hpp"

namespace chatlab::conformance {
namespace {

class Reporting : public testing::Test {
 protected:
  Reporting() {
    add("login.announced", Level::must, 3, {Status::passed, ""});
    add("chat.everyone", Level::must, 2,
        {Status::failed, "bob should have received it; bob received nothing"});
    add("chat.order", Level::should, 0, {Status::blocked, "needs chat.everyone, which did not pass"});
    suite_.name = "lab";
    suite_.title = "The lab";
    suite_.points = 5;
    result_.suite = &suite_;
    result_.target = "ws://localhost:8081/";
    result_.command = "chatlab-conformance ws://localhost:8081";
    result_.duration = std::chrono::milliseconds(1234);
    for (std::size_t i = 0; i < suite_.checks.size(); ++i) {
      CheckResult one;
      one.check = &suite_.checks[i];
      one.verdict = verdicts_[i];
      result_.checks.push_back(one);
    }
    result_.checks[1].verdict.diagnosis = "Only the sender is told.";
    result_.checks[2].blocked_by = {"chat.everyone"};
    result_.checks[1].transcripts = {
        {"bob", {{Event::Kind::received, std::chrono::microseconds(1500), "{}", true, json_of("{}")}}}};
  }

  void add(const char* id, Level level, double points, Verdict verdict) {
    Check check;
    check.id = id;
    check.title = std::string("title of ") + id;
    check.level = level;
    check.points = points;
    check.rule = "P4";
    check.quote = "send it";
    check.hint = "loop";
    suite_.checks.push_back(check);
    verdicts_.push_back(verdict);
  }

  Suite suite_;
  std::vector<Verdict> verdicts_;
  RunResult result_;
};

TEST_F(Reporting, Text) {
  EXPECT_EQ(text_report(result_, {}), R"(The lab against ws://localhost:8081/

login
  ✓ login.announced  title of login.announced

chat
  ✗ chat.everyone: bob should have received it; bob received nothing
      most likely: Only the sender is told.
      the hand-out: "send it"
      rule P4 of PROTOCOL.md: title of chat.everyone
      hint: loop
      again: chatlab-conformance ws://localhost:8081 --only chat.everyone
      not judged because of it: chat.order

3 of 5 points   must: 1 pass, 1 fail   should: 1 blocked   in 1.23 s
)");
}

TEST_F(Reporting, TextWithTranscriptAndColour) {
  const auto text = text_report(result_, {true, true});
  EXPECT_NE(text.find("\x1b[31m✗"), std::string::npos);
  EXPECT_NE(text.find("    1.500 ms  bob      <-- {}"), std::string::npos) << text;
}

TEST_F(Reporting, AnUnreachableServer) {
  result_ =
      unreachable_result(suite_, {}, "nothing listens there\n\x1b[2J", std::chrono::steady_clock::now());
  result_.duration = {};
  EXPECT_EQ(text_report(result_, {}), R"(The lab against 

The server cannot be tested: nothing listens there
\x1b[2J

0 of 5 points   must: 2 inconclusive   should: 1 inconclusive   in 0.00 s
)");
  EXPECT_EQ(exit_code(result_), ExitCode::unreachable);
}

TEST_F(Reporting, Json) {
  const auto report = Json::parse(json_report(result_, false));
  EXPECT_EQ(
      report,
      Json::parse(
          R"({
    "program": "chatlab-conformance )" CHATLAB_VERSION
          R"(", "format": 1, "started_at": "", "suite": "lab", "target": "ws://localhost:8081/", "speaks": null, "behaves_like": null, "score": {"earned": 3.0, "possible": 5.0}, "exit_code": 1,
    "unreachable": null, "internal_error": null, "duration_ms": 1234,
    "checks": [
      {"id": "login.announced", "area": "login", "level": "must", "title": "title of login.announced", "rule": "P4",
       "status": "pass", "points": 3.0, "earned": 3.0, "message": "", "diagnosis": null, "symptom": null, "blocked_by": [], "notes": [],
       "duration_ms": 0, "evidence": []},
      {"id": "chat.everyone", "area": "chat", "level": "must", "title": "title of chat.everyone", "rule": "P4",
       "status": "fail", "points": 2.0, "earned": 0.0, "message": "bob should have received it; bob received nothing",
       "diagnosis": "Only the sender is told.", "symptom": null, "blocked_by": [], "notes": [], "duration_ms": 0, "evidence": []},
      {"id": "chat.order", "area": "chat", "level": "should", "title": "title of chat.order", "rule": "P4",
       "status": "blocked", "points": 0.0, "earned": 0.0, "message": "needs chat.everyone, which did not pass", "diagnosis": null, "symptom": null,
       "blocked_by": ["chat.everyone"], "notes": [], "duration_ms": 0, "evidence": []}
    ]})"));
  const auto with_transcripts = Json::parse(json_report(result_, true));
  EXPECT_EQ(with_transcripts["checks"][1]["transcripts"],
            Json::parse(R"({"bob": [{"at_us": 1500, "event": "received", "text": "{}"}]})"));
}

TEST_F(Reporting, ABytesThatAreNotUtf8DoNotBreakJson) {
  result_.checks[1].transcripts[0].events[0].text = "\xff\xfe";
  EXPECT_NO_THROW(Json::parse(json_report(result_, true)));
}

TEST_F(Reporting, ExitCodes) {
  EXPECT_EQ(exit_code(result_), ExitCode::must_failed);
  result_.checks[1].verdict.status = Status::passed;
  EXPECT_EQ(exit_code(result_), ExitCode::all_musts_pass) << "a should is not graded";
  result_.checks[0].verdict.status = Status::blocked;
  EXPECT_EQ(exit_code(result_), ExitCode::must_failed);
  result_.checks[1].verdict.status = Status::inconclusive;
  EXPECT_EQ(exit_code(result_), ExitCode::inconclusive);
}

TEST_F(Reporting, NothingShownIsNoSuccess) {
  result_.checks[0].verdict.status = result_.checks[1].verdict.status = Status::skipped;
  EXPECT_EQ(exit_code(result_), ExitCode::inconclusive) << "a blocked should shows nothing";
  result_.checks[2].verdict.status = Status::failed;
  EXPECT_EQ(exit_code(result_), ExitCode::all_musts_pass);
}

TEST_F(Reporting, AnErrorInsideIsToldWithWhatWasShownBeforeIt) {
  result_.internal_error = "out of luck";
  EXPECT_EQ(exit_code(result_), ExitCode::inconclusive);
  EXPECT_NE(
      text_report(result_, {}).find("\nAn error inside chatlab-conformance: out of luck\n\n3 of 5 points"),
      std::string::npos);
  EXPECT_EQ(Json::parse(json_report(result_, false))["internal_error"], "out of luck");
}

TEST_F(Reporting, WhatAServerSaysDoesNotSteerTheTerminal) {
  result_.checks[1].verdict.message =
      "bob received \x1b[2J\r\n\x7f\xc2\x9b\xff, Gr\xc3\xbc\xc3\x9f"
      "e";
  const auto text = text_report(result_, {});
  EXPECT_NE(text.find(R"(bob received \x1b[2J\x0d\n\x7f\xc2\x9b\xff, Grüße)"), std::string::npos) << text;
}

TEST_F(Reporting, OnlyWhatWasAskedForCounts) {
  result_.checks[1].verdict = {Status::skipped, ""};
  EXPECT_EQ(result_.possible(), 3);
  EXPECT_EQ(result_.earned(), 3);
  EXPECT_EQ(text_report(result_, {}).find("chat.everyone:"), std::string::npos);
  result_.checks[1].verdict.message = "what the server prints cannot be seen";
  EXPECT_NE(text_report(result_, {}).find("  - chat.everyone: what the server prints cannot be seen\n"),
            std::string::npos);
}

TEST_F(Reporting, ASelectionOfNothingIsAMistake) {
  RunSettings settings;
  EXPECT_EQ(selection_mistake(suite_, settings), std::nullopt);
  settings.only = {"chat.*"};
  EXPECT_EQ(selection_mistake(suite_, settings), std::nullopt);
  settings.exclude = {"chat.*"};
  EXPECT_EQ(selection_mistake(suite_, settings), "--only and --exclude leave no check to run");
  settings.exclude = {"logon.*"};
  EXPECT_EQ(selection_mistake(suite_, settings),
            "no check of the suite lab matches 'logon.*'; --list shows them all");
}

TEST(Quoting, SurvivesAShell) {
  EXPECT_EQ(quoted_for_shell("ws://localhost:8081/a"), "ws://localhost:8081/a");
  EXPECT_EQ(quoted_for_shell("python3 app.py"), "'python3 app.py'");
  EXPECT_EQ(quoted_for_shell("it's"), "'it'\\''s'");
  EXPECT_EQ(quoted_for_shell(""), "''");
}

}  // namespace
}  // namespace chatlab::conformance
