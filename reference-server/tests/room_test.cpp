#include "reference-server/room.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace chatlab::server {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t username_limit_bytes = 40;

/// The text of a roster message, as the protocol spells it.
std::string roster(const char* type, const Names& users) {
  return nlohmann::ordered_json{{"type", type}, {"users", users}}.dump();
}

/// Keeps what it is given.
class Inbox {
 public:
  void push(std::string_view text) { messages_.emplace_back(text); }

  /// What has come since the last look.
  Names take() { return std::exchange(messages_, {}); }

 private:
  Names messages_;
};

/// A room with an owner who carries out what it decides.
class RoomTest : public testing::Test {
 protected:
  Outcome say(Inbox& sender, const Message& message) {
    return carry_out(sender, room.apply(&sender, message));
  }
  Outcome vanish(Inbox& leaver) { return carry_out(leaver, room.leave(&leaver)); }

  void log_in_all() {
    say(ann, Login{"ann"});
    say(bob, Login{"bob"});
    say(cat, Login{"cat"});
    for (auto* inbox : {&ann, &bob, &cat}) inbox->take();
  }

  Room room{username_limit_bytes};
  Inbox ann, bob, cat, stranger;

 private:
  Outcome carry_out(Inbox& sender, Outcome outcome) {
    if (!outcome.reply.empty()) sender.push(outcome.reply);
    if (outcome.broadcast.empty()) return outcome;
    for (auto* inbox : {&ann, &bob, &cat, &stranger}) {
      if (std::ranges::count(room.members(), inbox)) inbox->push(outcome.broadcast);
    }
    return outcome;
  }
};

TEST_F(RoomTest, P2EverybodyHearsOfALoginOnceTheNewcomerIncluded) {
  say(ann, Login{"ann"});
  say(bob, Login{"bob"});
  EXPECT_EQ(ann.take(), (Names{roster("login", {"ann"}), roster("login", {"ann", "bob"})}));
  EXPECT_EQ(bob.take(), (Names{roster("login", {"ann", "bob"})}));
  EXPECT_EQ(stranger.take(), Names{});
}

TEST_F(RoomTest, P2RosterIsInLoginOrderNotInAlphabetical) {
  say(cat, Login{"cat"});
  say(ann, Login{"ann"});
  say(bob, Login{"bob"});
  EXPECT_EQ(bob.take(), (Names{roster("login", {"cat", "ann", "bob"})}));
}

TEST_F(RoomTest, P2TwoSocketsOfOneNameStandTwice) {
  say(ann, Login{"twin"});
  say(bob, Login{"twin"});
  EXPECT_EQ(ann.take().back(), roster("login", {"twin", "twin"}));
  say(ann, Disconnect{});
  EXPECT_EQ(bob.take().back(), roster("disconnect", {"twin"}));
}

TEST_F(RoomTest, P2SecondLoginReplacesTheNameInItsPlace) {
  log_in_all();
  say(bob, Login{"robert"});
  for (auto* inbox : {&ann, &bob, &cat}) {
    EXPECT_EQ(inbox->take(), (Names{roster("login", {"ann", "robert", "cat"})}));
  }
  say(bob, Disconnect{});
  EXPECT_EQ(ann.take(), (Names{roster("disconnect", {"ann", "cat"})}));
}

TEST_F(RoomTest, P2NamesOfAnyScriptSurvive) {
  const std::string name = "é\"\\\n</script>漢🎉";
  say(ann, Login{name});
  EXPECT_EQ(nlohmann::json::parse(ann.take().at(0))["users"], nlohmann::json({name}));
}

TEST_F(RoomTest, P3ThoseWhoStayHearThatSomebodyLeft) {
  log_in_all();
  const auto outcome = say(bob, Disconnect{});
  EXPECT_EQ(ann.take(), (Names{roster("disconnect", {"ann", "cat"})}));
  EXPECT_EQ(cat.take(), (Names{roster("disconnect", {"ann", "cat"})}));
  EXPECT_EQ(bob.take(), Names{}) << "the leaver is not told";
  EXPECT_EQ(outcome.reply, "");
}

TEST_F(RoomTest, P3LeaverMayComeBackAtTheEnd) {
  log_in_all();
  say(ann, Disconnect{});
  say(ann, Login{"ann"});
  EXPECT_EQ(ann.take(), (Names{roster("login", {"bob", "cat", "ann"})}));
}

TEST_F(RoomTest, P4ChatReachesEverybodyOnceInItsOwnBytes) {
  log_in_all();
  const std::string text = R"( {"type" : "chat", "text":"\u0041 <b>", "n":1.0, "n":2} )";
  say(ann, Chat{text});
  for (auto* inbox : {&ann, &bob, &cat}) EXPECT_EQ(inbox->take(), Names{text});
  EXPECT_EQ(stranger.take(), Names{});
}

TEST_F(RoomTest, P5UnrecognizedIsLoggedAndNothingElse) {
  log_in_all();
  const auto outcome = say(ann, Unrecognized{"dance"});
  EXPECT_EQ(outcome.broadcast, "");
  EXPECT_EQ(outcome.reply, "");
  EXPECT_EQ(outcome.log, "Unrecognized message type: \"dance\"");
  EXPECT_EQ(room.members().size(), 3U);
}

// P9 is the same to the room: `message` has made it Malformed.
TEST_F(RoomTest, P6P9OnlyTheSenderIsAnswered) {
  log_in_all();
  const auto outcome = say(ann, Malformed{"Wrong.", "Do it \"right\"."});
  EXPECT_EQ(outcome.broadcast, "");
  EXPECT_EQ(ann.take(), (Names{R"({"error":"Wrong.","details":"Do it \"right\"."})"}));
  EXPECT_EQ(bob.take(), Names{});
  EXPECT_EQ(room.members().size(), 3U);
}

TEST_F(RoomTest, P9UsernameMayBeAsLongAsTheLimitAndNoLonger) {
  const std::string longest(username_limit_bytes, 'n');
  say(ann, Login{longest});
  EXPECT_EQ(ann.take(), Names{roster("login", {longest})});
  say(ann, Login{longest + "n"});
  EXPECT_EQ(ann.take(),
            Names{R"({"error":"The username is too long.","details":"It has 41 bytes; 40 are allowed."})"});
  EXPECT_EQ(room.members().size(), 1U);
}

TEST_F(RoomTest, P6AnswersWhoIsNotLoggedIn) {
  say(stranger, Malformed{"Wrong.", "Right."});
  EXPECT_EQ(stranger.take().size(), 1U);
}

TEST_F(RoomTest, P6ReplyIsValidUtf8WhereTheDetailsWereCutInsideALetter) {
  say(ann, Malformed{"Wrong.", "caf\xC3"});
  EXPECT_EQ(nlohmann::json::parse(ann.take().at(0))["details"], "caf\xEF\xBF\xBD");
}

TEST_F(RoomTest, P7VanishedSocketIsAnnouncedOnce) {
  log_in_all();
  vanish(bob);
  EXPECT_EQ(ann.take(), (Names{roster("disconnect", {"ann", "cat"})}));
  EXPECT_EQ(bob.take(), Names{});
  EXPECT_EQ(vanish(bob).broadcast, "");
}

TEST_F(RoomTest, P7DisconnectThenVanishIsAnnouncedOnce) {
  log_in_all();
  say(bob, Disconnect{});
  vanish(bob);
  EXPECT_EQ(ann.take().size(), 1U);
}

TEST_F(RoomTest, P7SocketThatNeverLoggedInVanishesUnheard) {
  log_in_all();
  const auto outcome = vanish(stranger);
  EXPECT_EQ(outcome.broadcast, "");
  EXPECT_EQ(room.members().size(), 3U);
}

TEST_F(RoomTest, P8DisconnectWithoutLoginIsLoggedAndChangesNothing) {
  log_in_all();
  const auto outcome = say(stranger, Disconnect{});
  EXPECT_EQ(outcome.broadcast, "");
  EXPECT_EQ(outcome.reply, "");
  EXPECT_EQ(outcome.log, "Disconnect from a socket that is not logged in");
  EXPECT_EQ(room.members().size(), 3U);
}

TEST_F(RoomTest, P10StrangersChatReachesTheLoggedInOnly) {
  log_in_all();
  say(stranger, Chat{R"({"type":"chat"})"});
  EXPECT_EQ(ann.take(), Names{R"({"type":"chat"})"});
  EXPECT_EQ(stranger.take(), Names{});
}

TEST_F(RoomTest, P10WhoHasLeftReceivesNothingMore) {
  log_in_all();
  say(bob, Disconnect{});
  bob.take();
  say(ann, Chat{R"({"type":"chat"})"});
  say(bob, Chat{R"({"type":"chat","text":"from outside"})"});
  EXPECT_EQ(bob.take(), Names{});
}

TEST_F(RoomTest, P11RostersAreTheStateAtTheirPlaceInOneOrder) {
  log_in_all();
  const std::string text = R"({"type":"chat"})";
  say(ann, Chat{text});
  say(bob, Disconnect{});
  say(ann, Chat{text});
  say(bob, Login{"bob"});
  const Names all{text, roster("disconnect", {"ann", "cat"}), text, roster("login", {"ann", "cat", "bob"})};
  EXPECT_EQ(ann.take(), all);
  EXPECT_EQ(cat.take(), all);
}

TEST_F(RoomTest, ForeignTextCannotBreakALogLine) {
  const std::string forged = "x\r\n2022-03-04 forged\x1b[31m\xE2\x80\xA8\x7F \"quoted\" {} %s\xC3";
  for (const auto& message : {Message{Unrecognized{forged}}, Message{Malformed{"Wrong.", forged}}}) {
    const auto log = room.apply(&ann, message).log;
    EXPECT_FALSE(log.empty());
    for (const char byte : log) {
      EXPECT_TRUE(byte >= ' ' && byte <= '\x7F') << "byte " << static_cast<int>(byte) << " in " << log;
    }
  }
}

}  // namespace
}  // namespace chatlab::server
