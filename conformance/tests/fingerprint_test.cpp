// What a run's verdicts are compared with, and what is rather not said.
#include "conformance/fingerprint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/suite_files.hpp"

namespace chatlab::conformance {
namespace {

class Fingerprinting : public testing::Test {
 protected:
  Fingerprinting() : suite_(*load_suite("")) {
    result_.suite = &suite_;
    for (const auto& check : suite_.checks) result_.checks.emplace_back().check = &check;
  }

  CheckResult& of(const std::string& id) {
    const auto is = [&](const CheckResult& one) { return one.check->id == id; };
    return *std::find_if(result_.checks.begin(), result_.checks.end(), is);
  }

  void fail(const std::string& id, const Fingerprint::Failure& how) {
    of(id).verdict.status = Status::failed;
    of(id).verdict.symptom = how.symptom;
    of(id).verdict.diagnosis = how.diagnosis;
  }

  /// As a run against this server ends.
  void play(const Fingerprint& server) {
    for (auto& one : result_.checks) one.verdict = {};
    for (const auto& [id, how] : server.failures) fail(id, how);
    for (const auto& id : server.blocked) of(id).verdict.status = Status::blocked;
  }

  /// The name of the server that it behaves like; "none".
  std::string alike(const Fingerprints& known) {
    const auto* found = find_alike(result_, known);
    return found ? found->name : "none";
  }

  Suite suite_;
  RunResult result_;
};

bool look_the_same(const Fingerprint& left, const Fingerprint& right) {
  return left.failures == right.failures && left.blocked == right.blocked;
}

// All that are known, each against all others: those that are alone are told, and the others are not.
TEST_F(Fingerprinting, EveryKnownServerIsToldByItselfOrNotAtAll) {
  const auto& known = known_fingerprints();
  ASSERT_GE(known.servers.size(), 50u);
  for (const auto& server : known.servers) {
    play(server);
    const auto same = std::count_if(known.servers.begin(), known.servers.end(),
                                    [&](const Fingerprint& other) { return look_the_same(server, other); });
    EXPECT_EQ(alike(known), same == 1 ? server.name : "none");
  }
}

TEST_F(Fingerprinting, OfTheProgramAreWellFormed) {
  for (const auto& server : known_fingerprints().servers) {
    EXPECT_FALSE(server.failures.empty()) << server.name;
    EXPECT_TRUE(server.mistake.ends_with(".")) << server.name;
    for (const auto& [id, how] : server.failures) {
      EXPECT_FALSE(how.symptom.empty()) << server.name << ": " << id;
      EXPECT_NE(std::find_if(result_.checks.begin(), result_.checks.end(),
                             [&, id = id](const CheckResult& one) { return one.check->id == id; }),
                result_.checks.end())
          << id;
    }
  }
}

constexpr auto table = R"({"suite": "lab08", "servers": [
  {"name": "twice", "mistake": "Twice.", "blocked": ["chat.order"], "undecided": ["robust.slow_reader"],
   "failures": {"chat.everyone": {"symptom": "bob received it more than once", "diagnosis": "A loop too many."}}},
  {"name": "deaf", "mistake": "Deaf.", "blocked": ["chat.order"], "undecided": [],
   "failures": {"chat.everyone": {"symptom": "bob received nothing", "diagnosis": ""}}},
  {"name": "rude", "mistake": "Rude.", "blocked": [], "undecided": [],
   "failures": {"chat.text_frames": {"symptom": "binary", "diagnosis": ""}}},
  {"name": "rude and mute", "mistake": "Rude and mute.", "blocked": [], "undecided": [],
   "failures": {"chat.text_frames": {"symptom": "binary", "diagnosis": ""},
                "unrecognized.logged": {"symptom": "not logged", "diagnosis": ""}}},
  {"name": "harmless", "mistake": "Harmless.", "blocked": [], "undecided": [],
   "failures": {"chat.not_logged_in": {"symptom": "not relayed", "diagnosis": ""}}}]})";

class Comparing : public Fingerprinting {
 protected:
  Comparing() { play(known_.servers.front()); }

  const Fingerprints known_ = read_fingerprints(table);
};

TEST_F(Comparing, AllTheSameIsTold) {
  EXPECT_EQ(alike(known_), "twice");
}

TEST_F(Comparing, ARightServerIsLikeNone) {
  for (auto& one : result_.checks) one.verdict = {};
  EXPECT_EQ(alike(known_), "none");
}

TEST_F(Comparing, AServerThatDoesNoHarmIsLikeNone) {
  play(known_.servers.back());
  EXPECT_EQ(alike(known_), "none");
}

TEST_F(Comparing, OneVerdictMoreOrLessIsAnotherServer) {
  of("chat.order").verdict.status = Status::passed;
  EXPECT_EQ(alike(known_), "none");
  of("chat.order").verdict.status = Status::blocked;
  fail("robust.ping", {"no pong", ""});
  EXPECT_EQ(alike(known_), "none");
}

TEST_F(Comparing, WhereItFailsInAnotherWayItIsAnotherServer) {
  fail("chat.everyone", {"bob received it more than once", ""});
  EXPECT_EQ(alike(known_), "none");
  fail("chat.everyone", {"alice received it more than once", "A loop too many."});
  EXPECT_EQ(alike(known_), "none");
  fail("chat.everyone", {"bob received nothing", ""});
  EXPECT_EQ(alike(known_), "deaf");
  fail("chat.everyone", {"", ""});  // it did not survive the check
  EXPECT_EQ(alike(known_), "none");
}

TEST_F(Comparing, WhatRightServersDifferInDoesNotCount) {
  fail("robust.slow_reader", {"carol received nothing", ""});
  EXPECT_EQ(alike(known_), "twice");
}

TEST_F(Comparing, WhatWasSkippedTellsNothing) {
  of("robust.ping").verdict.status = Status::skipped;
  EXPECT_EQ(alike(known_), "twice");
  of("chat.order").verdict.status = Status::skipped;
  EXPECT_EQ(alike(known_), "twice");
  play(known_.servers[2]);
  EXPECT_EQ(alike(known_), "rude");
  of("unrecognized.logged").verdict.status = Status::skipped;  // so it may be either
  EXPECT_EQ(alike(known_), "none");
}

TEST_F(Comparing, AServerOfWhichAMustIsNotKnownIsLikeNone) {
  for (const auto status : {Status::skipped, Status::inconclusive}) {
    of("disconnect.roster").verdict.status = status;
    EXPECT_EQ(alike(known_), "none");
  }
}

TEST_F(Comparing, NothingIsSaidWhereSomethingElseExplainsIt) {
  result_.speaks = "tutorial12";
  EXPECT_EQ(alike(known_), "none");
  result_.speaks.reset();
  result_.internal_error = "out of luck";
  EXPECT_EQ(alike(known_), "none");
  result_.internal_error.reset();
  suite_.name = "my own";
  EXPECT_EQ(alike(known_), "none");
}

}  // namespace
}  // namespace chatlab::conformance
