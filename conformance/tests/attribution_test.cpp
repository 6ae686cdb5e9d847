// Who caused a roster, told by what changed since the one before.
#include "conformance/attribution.hpp"

#include <gtest/gtest.h>

#include "conformance/evidence.hpp"

namespace chatlab::conformance {
namespace {

Event received(const std::string& text) {
  return {Event::Kind::received, {}, text, true, std::make_shared<const Json>(Json::parse(text))};
}

Event roster(const std::string& names, const std::string& type = "login") {
  return received(R"({"type": ")" + type + R"(", "users": [)" + names + "]}");
}

const auto alice = R"("alice-tag123")", alice_and_bob = R"("alice-tag123", "bob-tag123")";

TEST(Attribution, FollowsWhoseNamesChange) {
  const Ownership ownership{"tag123", false};
  Attribution attribution(ownership);
  EXPECT_EQ(attribution.next(roster(alice)), CausedBy::unknown) << "nothing came before it";
  EXPECT_EQ(attribution.next(roster(std::string(alice) + R"(, "eve")")), CausedBy::strangers);
  EXPECT_EQ(attribution.next(roster(std::string(alice_and_bob) + R"(, "eve")")), CausedBy::ours);
  EXPECT_EQ(attribution.next(roster(std::string(alice_and_bob) + R"(, "eve")")), CausedBy::ours)
      << "a second copy";
  EXPECT_EQ(attribution.next(roster(alice)), CausedBy::both) << "bob and eve at once";
  EXPECT_EQ(attribution.next(roster(std::string(alice) + R"(, "fence-1-tag123")")), CausedBy::marker);
  EXPECT_EQ(attribution.next(roster(std::string(alice) + R"(, "fence-1-tag123", "alice", "eve-tag12")")),
            CausedBy::strangers)
      << "names that only look like ours";
}

TEST(Attribution, KnowsChatsByTheirTag) {
  const Ownership ownership{"tag123", false};
  Attribution attribution(ownership);
  EXPECT_EQ(attribution.next(received(R"({"type": "chat", "username": "alice-tag123"})")), CausedBy::ours);
  EXPECT_EQ(attribution.next(received(R"({"type": "chat", "username": "alice"})")), CausedBy::strangers);
}

TEST(Attribution, TakesAllForOursWhereNobodyElseIs) {
  const Ownership ownership{"tag123", true};
  Attribution attribution(ownership);
  EXPECT_EQ(attribution.next(roster(R"("eve")")), CausedBy::ours);
}

TEST(Attribution, ReadsTheRosterOfTheEdition) {
  const Ownership ownership{"tag123", false, "active_users"};
  Attribution attribution(ownership);
  EXPECT_EQ(attribution.next(received(R"({"active_users": ["alice-tag123"]})")), CausedBy::unknown);
  EXPECT_EQ(attribution.next(received(R"({"active_users": ["alice-tag123", "bob-tag123"]})")),
            CausedBy::ours);
}

/// carol logs in while eve does, on a server that never announces carol.
TEST(Attribution, ANewcomersFirstRosterIsKnownByAnother) {
  Record record;
  const auto strangers = roster(std::string(alice) + R"(, "carol-tag123", "eve")");
  record.transcripts = {{"alice", {roster(alice), strangers}}, {"carol", {strangers}}};
  const Segment segment{0, 0, {{"alice", {1, 2}}, {"carol", {0, 1}}}};
  const Ownership ownership{"tag123", false};
  const Evidence evidence(record, segment, ownership);
  const auto pattern = Json::parse(R"({"type": "login", "users": {"mentions": "carol-tag123"}})");
  EXPECT_TRUE(evidence.matching("alice", pattern).empty());
  EXPECT_TRUE(evidence.matching("carol", pattern).empty());
  EXPECT_TRUE(evidence.strangers_came_and_went("carol"));
}

}  // namespace
}  // namespace chatlab::conformance
