// The judge's words, held against golden copies. Each case plays a server: a script, and what came.
#include "conformance/verdict.hpp"

#include <gtest/gtest.h>

#include "conformance/payload_reader.hpp"
#include "conformance/suite.hpp"

namespace chatlab::conformance {
namespace {

/// What one client received, after whatever else happened in the setting up.
using Frames = std::vector<std::string>;

class Judging : public testing::Test {
 protected:
  /// A check with alice, bob and carol, all logged in, and this script.
  void play(const std::string& script, std::map<std::string, Frames> received) {
    const auto suite = parse_suite(
        "suite: s\ntitle: t\npoints: 1\nchecks:\n  - id: a.b\n    title: t\n    level: must\n    points: 1\n"
        "    rule: P1\n    hint: h\n    clients: {alice: logged in, bob: logged in, carol: logged in}\n    "
        "script:\n" +
            script,
        "test");
    ASSERT_TRUE(suite) << suite.error().text;
    suite_ = *suite;
    record_.plan = *make_plan(suite_.checks.front(), "tag123");
    record_.timeout = std::chrono::milliseconds(5000);
    record_.transcripts.clear();
    Segment segment{0, record_.plan.steps.size(), {}};
    for (const auto& client : {"alice", "bob", "carol"}) {
      Transcript transcript{client, {}};
      for (const auto& text : received[client]) {
        transcript.events.push_back({Event::Kind::received, {}, text, true, json_of(text)});
      }
      segment.windows[client] = {0, transcript.events.size()};
      record_.transcripts.push_back(std::move(transcript));
    }
    record_.segments = {segment};
  }

  void end_connection(std::size_t client, const std::string& how) {
    auto& [name, events] = record_.transcripts[client];
    events.push_back({Event::Kind::closed_by_server, {}, how, true, {}});
    record_.segments.front().windows[name].end = events.size();
  }

  Verdict verdict(bool exclusive = false) { return judge(record_, {"tag123", exclusive}); }

  Suite suite_;
  Record record_;
};

constexpr auto disconnect_script =
    "      - carol sends: {type: disconnect, username: $carol}\n"
    "      - alice, bob receive: {type: disconnect, users: {ours: [$alice, $bob]}}\n"
    "      - fence: alice\n";
constexpr auto right_roster = R"({"type": "disconnect", "users": ["alice-tag123", "bob-tag123"]})";

TEST_F(Judging, ARightServerPasses) {
  play(disconnect_script, {{"alice", {right_roster}}, {"bob", {right_roster}}});
  EXPECT_EQ(verdict().status, Status::passed);
  EXPECT_EQ(verdict().message, "");
}

TEST_F(Judging, AMissingMessage) {
  play(disconnect_script, {{"alice", {right_roster}}});
  EXPECT_EQ(verdict().status, Status::failed);
  EXPECT_EQ(verdict().message,
            R"(after carol sent {"type":"disconnect","username":"carol"}, bob should have received )"
            R"({"type":"disconnect","users":["alice","bob"]}; bob received nothing)");
}

TEST_F(Judging, AnotherMessageInstead) {
  const auto wrong = R"({"type": "login", "users": ["alice-tag123", "bob-tag123"]})";
  play(disconnect_script, {{"alice", {wrong}}, {"bob", {wrong}}});
  EXPECT_EQ(
      verdict().message,
      R"(after carol sent {"type":"disconnect","username":"carol"}, alice and bob should have received )"
      R"({"type":"disconnect","users":["alice","bob"]}; alice and bob received )"
      R"({"type": "login", "users": ["alice", "bob"]}: "type" is "login", not "disconnect")");
}

TEST_F(Judging, EachClientGetsItsOwnWords) {
  play(disconnect_script, {{"bob", {right_roster, right_roster}}});
  EXPECT_EQ(
      verdict().message,
      R"(after carol sent {"type":"disconnect","username":"carol"}, alice and bob should have received )"
      R"({"type":"disconnect","users":["alice","bob"]}; alice received nothing; bob received it 2 times)");
}

TEST_F(Judging, AConnectionThatTheServerEnded) {
  play(disconnect_script, {{"alice", {right_roster}}});
  end_connection(1, "closed with code 1011");
  EXPECT_EQ(
      verdict().message,
      R"(after carol sent {"type":"disconnect","username":"carol"}, bob should have received )"
      R"({"type":"disconnect","users":["alice","bob"]}; bob received nothing: the server ended the connection )"
      R"((closed with code 1011))");
}

TEST_F(Judging, SomethingThatIsNotJson) {
  play(disconnect_script, {{"alice", {right_roster}}, {"bob", {"undefined"}}});
  EXPECT_EQ(verdict().message,
            R"(after carol sent {"type":"disconnect","username":"carol"}, bob should have received )"
            R"({"type":"disconnect","users":["alice","bob"]}; bob received undefined: it is not JSON)");
}

TEST_F(Judging, StrangersComeAndGo) {
  const auto before = R"({"type": "login", "users": ["alice-tag123", "bob-tag123", "carol-tag123", "eve"]})";
  const auto carol_left = R"({"type": "disconnect", "users": ["alice-tag123", "bob-tag123", "eve"]})";
  const auto eve_left = R"({"type": "disconnect", "users": ["alice-tag123", "bob-tag123"]})";
  const auto eve_chats = R"({"type": "chat", "text": "hi", "username": "eve"})";
  const Frames all = {before, eve_chats, carol_left, eve_left};
  play(disconnect_script, {{"alice", all}, {"bob", all}});
  EXPECT_EQ(verdict().status, Status::passed) << verdict().message;

  const Frames eve_stays = {before, carol_left};
  play(disconnect_script, {{"alice", eve_stays}, {"bob", eve_stays}});
  EXPECT_EQ(verdict().status, Status::passed) << verdict().message;
  EXPECT_EQ(verdict(/*exclusive=*/true).status, Status::failed) << "eve should not be there";

  // carol's leaving is not announced; it shows in the roster when eve leaves, and that is not enough.
  const Frames eve_alone = {before, eve_left};
  play(disconnect_script, {{"alice", eve_alone}, {"bob", eve_alone}});
  EXPECT_EQ(verdict().status, Status::failed);
  EXPECT_TRUE(verdict().disturbed);

  // A wrong type has nothing to do with eve.
  const auto wrong = R"({"type": "login", "users": ["alice-tag123", "bob-tag123", "eve"]})";
  play(disconnect_script, {{"alice", {before, wrong}}, {"bob", {before, wrong}}});
  EXPECT_EQ(verdict().status, Status::failed);
  EXPECT_FALSE(verdict().disturbed);
}

TEST_F(Judging, TellsTheMistakeBehindAFailure) {
  const std::string diagnoses =
      "    diagnose:\n"
      "      - {when: {received: {type: login}}, say: type}\n"
      "      - {when: {connection ended: \"1011\"}, say: exception}\n"
      "      - {when: {in a binary frame: true}, say: binary}\n"
      "      - {when: {copies to: sender, missed by: others}, say: wrong socket}\n"
      "      - {when: {missed by: others}, say: only sender}\n"
      "      - {when: {missed by: sender}, say: not the sender}\n"
      "      - {when: {copies to: everybody}, say: twice}\n"
      "      - {when: {received: {json in text: {type: chat}}}, say: encoded twice}\n";
  const auto script =
      "      - alice sends: {type: chat, text: $nonce}\n"
      "      - alice, bob receive in a text frame: {type: chat, text: $nonce}\n"
      "      - fence: alice\n" +
      diagnoses;
  const std::string chat = R"({"type":"chat","text":"nonce-tag123"})";
  const auto diagnosis = [&](const Frames& to_alice, const Frames& to_bob) {
    play(script, {{"alice", to_alice}, {"bob", to_bob}});
    return verdict().diagnosis;
  };
  EXPECT_EQ(diagnosis({chat}, {chat}), "") << "nothing failed";
  EXPECT_EQ(diagnosis({chat, chat}, {}), "wrong socket");
  EXPECT_EQ(diagnosis({chat}, {}), "only sender");
  EXPECT_EQ(diagnosis({}, {chat}), "not the sender");
  EXPECT_EQ(diagnosis({chat, chat}, {chat, chat}), "twice");
  EXPECT_EQ(diagnosis({}, {}), "") << "nothing is known of it";
  const std::string login = R"({"type":"login","text":"nonce-tag123"})";
  EXPECT_EQ(diagnosis({}, {login}), "type");
  EXPECT_EQ(diagnosis({chat, chat, login}, {}), "wrong socket")
      << "who received the login did not miss the chat";
  const auto twice = Json(chat).dump();
  EXPECT_EQ(diagnosis({twice}, {twice}), "encoded twice");

  play(script, {{"alice", {chat}}, {"bob", {chat}}});
  record_.transcripts[1].events[0].is_text = false;
  EXPECT_EQ(verdict().diagnosis, "binary");
  end_connection(0, "closed with code 1011");
  EXPECT_EQ(verdict().diagnosis, "exception");
  play(script, {{"alice", {chat}}, {"bob", {}}});
  end_connection(1, "reset");
  EXPECT_EQ(verdict().diagnosis, "") << "bob was cut off, and that is why it missed the chat";
  play(script, {{"alice", {chat}}, {"bob", {}}});
  end_connection(0, "reset");
  EXPECT_EQ(verdict().diagnosis, "only sender") << "that alice was cut off explains nothing of bob";
}

TEST_F(Judging, ACopyIsCountedEvenAmongStrangers) {
  const auto with_stranger = R"({"type": "disconnect", "users": ["alice-tag123", "bob-tag123", "eve"]})";
  play(disconnect_script,
       {{"alice", {with_stranger, with_stranger}}, {"bob", {with_stranger, with_stranger, right_roster}}});
  EXPECT_NE(verdict().message.find("alice and bob received it 2 times"), std::string::npos)
      << verdict().message;
}

TEST_F(Judging, WhatShouldNotHaveCome) {
  play(
      "      - alice sends: {type: invalid, text: $nonce}\n"
      "      - bob, carol never receive: {mentions: $nonce}\n"
      "      - fence: alice\n",
      {{"bob", {R"({"error": {"text": "nonce-tag123"}})"}}});
  EXPECT_EQ(verdict().message,
            R"(after alice sent {"type":"invalid","text":"nonce"}, bob should not have received it; )"
            R"(bob received {"error": {"text": "nonce"}})");
}

TEST_F(Judging, AnotherOrder) {
  const auto chat = [](int i) {
    return R"({"text":"number )" + std::to_string(i) + R"(.","of":"nonce-tag123"})";
  };
  play(
      "      - alice sends 3 times: {text: \"number $i.\", of: $nonce}\n"
      "      - bob receives 3 times in order: {text: \"number $i.\"}\n"
      "      - fence: alice\n",
      {{"bob", {chat(1), chat(3), chat(2)}}});
  EXPECT_EQ(verdict().message,
            R"(after alice sent {"text":"number 3.","of":"nonce"}, bob should have received it; )"
            R"(bob received it before {"text":"number 2."})");
}

// Which of a burst is the last one to come is a matter of time, and none of the others is a bad copy of it.
TEST_F(Judging, AChatThatWasSentBesideIsNoBadCopy) {
  const auto script =
      "      - alice sends 3 times: {type: chat, text: \"$nonce number $i.\"}\n"
      "      - bob hears: {mentions: \"$nonce number 3.\"}\n"
      "      - fence: alice\n";
  const auto chat = [](int i) {
    return R"({"type":"chat","text":"nonce-tag123 number )" + std::to_string(i) + R"(."})";
  };
  play(script, {{"bob", {chat(1), chat(2)}}});
  EXPECT_EQ(verdict().message,
            R"(after alice sent {"type":"chat","text":"nonce number 3."}, bob should have received it; )"
            R"(bob received nothing)");
  EXPECT_EQ(verdict().symptom, "step 4: bob received nothing");
  play(script, {{"bob", {chat(1), R"({"type":"chat","text":"changed"})"}}});
  EXPECT_NE(verdict().message.find("does not mention"), std::string::npos) << verdict().message;
}

TEST_F(Judging, AChangedChat) {
  play(
      "      - alice sends: &chat {type: chat, text: \"a <b> $nonce\"}\n"
      "      - alice, bob receive: {exactly: *chat}\n"
      "      - fence: alice\n",
      {{"alice", {R"({"type":"chat","text":"a <b> nonce-tag123"})"}},
       {"bob", {R"({"type":"chat","text":"a &lt;b&gt; nonce-tag123"})"}}});
  EXPECT_EQ(
      verdict().message,
      R"(after alice sent {"type":"chat","text":"a <b> nonce"}, bob should have received it unchanged; )"
      R"(bob received {"type":"chat","text":"a &lt;b&gt; nonce"}: )"
      R"("text" is "a &lt;b&gt; nonce", not "a <b> nonce")");
}

TEST_F(Judging, MarkersAreNoMessages) {
  play(
      "      - alice sends: {type: invalid, text: $nonce}\n"
      "      - bob never receives: $any\n"
      "      - fence: alice\n",
      {{"bob", {R"({"type":"chat","text":"fence-1-tag123","username":"alice-tag123"})"}}});
  EXPECT_EQ(verdict().status, Status::passed) << verdict().message;
}

struct SymptomCase {
  const char* symptom;
  std::map<std::string, Frames> received;
};

void PrintTo(const SymptomCase& one, std::ostream* out) {
  *out << one.symptom;
}

class Symptoms : public Judging, public testing::WithParamInterface<SymptomCase> {};

TEST_P(Symptoms, AreTheSameForTheSameMistake) {
  play(disconnect_script, GetParam().received);
  EXPECT_EQ(verdict().symptom, GetParam().symptom);
}

constexpr auto still_there =
    R"({"type": "disconnect", "users": ["alice-tag123", "bob-tag123", "carol-tag123"]})";
constexpr auto still_there_otherwise =
    R"({"users":["alice-tag123","bob-tag123","carol-tag123"],"type":"disconnect","at":5})";
constexpr auto still_there_symptom =
    R"(step 2: alice and bob received something else: "users" has "carol", which should not be there)";

INSTANTIATE_TEST_SUITE_P(
    Table, Symptoms,
    testing::Values(SymptomCase{"", {{"alice", {right_roster}}, {"bob", {right_roster}}}},
                    SymptomCase{"step 2: bob received nothing", {{"alice", {right_roster}}}},
                    SymptomCase{"step 2: alice received it more than once; bob received nothing",
                                {{"alice", {right_roster, right_roster}}}},
                    SymptomCase{"step 2: alice and bob received it more than once",
                                {{"alice", {right_roster, right_roster, right_roster}},
                                 {"bob", {right_roster, right_roster, right_roster}}}},
                    SymptomCase{still_there_symptom, {{"alice", {still_there}}, {"bob", {still_there}}}},
                    SymptomCase{still_there_symptom,
                                {{"alice", {still_there}}, {"bob", {still_there_otherwise}}}},
                    SymptomCase{"step 2: alice and bob received it more than once",
                                {{"alice", {right_roster, right_roster}},
                                 {"bob", {right_roster, right_roster, right_roster}}}}));

TEST_F(Judging, TheSymptomOfAnEndedConnectionIsThatWhateverWasSentByThen) {
  play(disconnect_script, {{"alice", {right_roster}}});
  end_connection(1, "closed with code 1011: in my own words");
  EXPECT_EQ(verdict().symptom, "the server ended the connection of bob (closed with code 1011)");
  play(disconnect_script, {{"alice", {right_roster}}});
  end_connection(0, "closed with code 1011");
  EXPECT_EQ(verdict().symptom, "step 2: bob received nothing") << "alice has nothing to do with it";
  play(disconnect_script, {{"alice", {right_roster}}, {"bob", {right_roster}}});
  end_connection(0, "reset");
  record_.problem = Problem{Problem::Kind::connection_lost, "alice", "reset"};
  EXPECT_EQ(verdict().symptom, "the server ended the connection of alice (reset)");
}

TEST_F(Judging, TheSymptomOfWhatShouldNotHaveComeLeavesItOut) {
  play(
      "      - alice sends: {type: invalid, text: $nonce}\n"
      "      - bob, carol never receive: {mentions: $nonce}\n"
      "      - fence: alice\n",
      {{"bob", {R"({"error": "nonce-tag123"})"}}, {"carol", {R"({"text": "nonce-tag123"})"}}});
  EXPECT_EQ(verdict().symptom, "step 2: bob and carol received what it should not");
}

TEST_F(Judging, TheSymptomOfABurstLeavesOutWhichOfIt) {
  const auto chat = [](int i) {
    return R"({"text":"number )" + std::to_string(i) + R"(.","of":"nonce-tag123"})";
  };
  for (const Frames& came : {Frames{chat(1), chat(3), chat(2)}, Frames{chat(1), chat(2)}, Frames{}}) {
    play(
        "      - alice sends 3 times: {text: \"number $i.\", of: $nonce}\n"
        "      - bob receives 3 times in order: {text: \"number $i.\"}\n"
        "      - fence: alice\n",
        {{"bob", came}});
    EXPECT_EQ(verdict().symptom, "step 4: bob did not receive all of them once, in order");
  }
}

TEST_F(Judging, TheSymptomOfAProblemIsWhatItIs) {
  for (const auto& [kind, symptom] :
       {std::pair(Problem::Kind::marker_lost, "bob: marker lost"),
        std::pair(Problem::Kind::no_pong, "bob: no pong"),
        std::pair(Problem::Kind::close_unanswered, "bob: close unanswered"),
        std::pair(Problem::Kind::flooded, "bob: flooded"), std::pair(Problem::Kind::cannot_connect, "")}) {
    play(disconnect_script, {{"alice", {right_roster}}, {"bob", {right_roster}}});
    record_.problem = Problem{kind, "bob", "whatever"};
    EXPECT_EQ(verdict().symptom, symptom);
  }
}

struct ProblemCase {
  Problem problem;
  Status status;
  const char* message;
};

void PrintTo(const ProblemCase& one, std::ostream* out) {
  *out << one.message;
}

class JudgingProblems : public Judging, public testing::WithParamInterface<ProblemCase> {};

TEST_P(JudgingProblems, AreTold) {
  play(disconnect_script, {{"alice", {right_roster}}, {"bob", {right_roster}}});
  record_.problem = GetParam().problem;
  EXPECT_EQ(verdict().status, GetParam().status);
  EXPECT_EQ(verdict().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JudgingProblems,
    testing::Values(
        ProblemCase{{Problem::Kind::cannot_connect, "bob", "nothing listens"},
                    Status::inconclusive,
                    "bob could not connect: nothing listens"},
        ProblemCase{
            {Problem::Kind::login_unconfirmed, "bob", ""},
            Status::inconclusive,
            "bob's login had no effect before the check began, though logins have one on this server: does "
            "it still serve newcomers after an earlier check?"},
        ProblemCase{{Problem::Kind::connection_lost, "bob", "reset"},
                    Status::failed,
                    "the server ended bob's connection (reset)"},
        ProblemCase{
            {Problem::Kind::marker_lost, "bob", ""},
            Status::failed,
            "a chat sent afterwards did not reach bob within 5.0 s, though chats reach everybody on this "
            "server otherwise"},
        ProblemCase{{Problem::Kind::flooded, "bob", ""},
                    Status::failed,
                    "the server flooded bob: it kept on sending, more than a check can follow"}));

}  // namespace
}  // namespace chatlab::conformance
