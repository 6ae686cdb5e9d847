// What an event of the sequence means for one node: the room, whom of its own it lets in, and what it tells.
#include "reference-server/cluster/replica.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace chatlab::server::cluster {
namespace {

using Kind = Event::Kind;
using Names = std::vector<std::string>;

/// A node that follows a sequence of its own.
struct Following {
  explicit Following(std::string node, std::uint64_t process = 1) : replica(std::move(node), process, room) {}

  /// The roster that is broadcast, with its type in front; empty: none.
  Names apply(Kind kind, const std::string& node, std::uint64_t number, const std::string& body = "") {
    auto ruling = replica.apply({kind, node, number, body}, ++place);
    changes = ruling.changes;
    log = ruling.outcome.log;
    chat = ruling.outcome.kind == Broadcast::chat ? std::string(ruling.outcome.broadcast) : "";
    if (ruling.outcome.broadcast.empty() || !chat.empty()) return {};
    const auto roster = nlohmann::json::parse(ruling.outcome.broadcast);
    auto users = roster["users"].get<Names>();
    users.insert(users.begin(), roster["type"]);
    return users;
  }

  std::vector<std::pair<std::uint64_t, bool>> own_changes() const {
    std::vector<std::pair<std::uint64_t, bool>> all;
    for (const auto& change : changes) all.emplace_back(change.client, change.is_member);
    return all;
  }

  Room room{40};
  Replica replica;
  Sequence place = 0;
  std::vector<Change> changes;
  std::string log, chat;
};
using Changes = std::vector<std::pair<std::uint64_t, bool>>;

TEST(Replica, IsOneRoomOfAllNodes) {
  Following a("a");
  EXPECT_EQ(a.apply(Kind::login, "a", 1, "ann"), (Names{"login", "ann"}));
  EXPECT_EQ(a.own_changes(), (Changes{{1, true}}));
  EXPECT_EQ(a.apply(Kind::login, "b", 1, "bob"), (Names{"login", "ann", "bob"}));
  EXPECT_EQ(a.own_changes(), Changes{});
  EXPECT_EQ(a.apply(Kind::login, "a", 1, "anna"), (Names{"login", "anna", "bob"}));  // P2
  EXPECT_EQ(a.replica.own_members(), 1u);
  a.apply(Kind::chat, "b", 1, R"({"type":"chat"})");
  EXPECT_EQ(a.chat, R"({"type":"chat"})");
  EXPECT_EQ(a.apply(Kind::disconnect, "a", 1), (Names{"disconnect", "bob"}));
  EXPECT_EQ(a.own_changes(), (Changes{{1, false}}));
  EXPECT_EQ(a.apply(Kind::leave, "b", 1), (Names{"disconnect"}));
}

TEST(Replica, AUsernameThatThisNodeWouldRefuseIsTakenFromOthers) {
  Following a("a");
  EXPECT_EQ(a.apply(Kind::login, "b", 1, std::string(50, 'x')), (Names{"login", std::string(50, 'x')}));
}

TEST(Replica, WhoIsNotThereCannotGo) {
  Following a("a");
  a.apply(Kind::login, "b", 1, "bob");
  EXPECT_EQ(a.apply(Kind::leave, "a", 1), Names{});
  EXPECT_EQ(a.log, "");
  EXPECT_EQ(a.apply(Kind::disconnect, "a", 1), Names{});
  EXPECT_EQ(a.log, "Disconnect from a socket that is not logged in");
  EXPECT_EQ(a.apply(Kind::disconnect, "c", 1), Names{});
  EXPECT_EQ(a.log, "") << "its own node says that";
}

TEST(Replica, ANewProcessOfANodeBeginsWithoutUsers) {
  Following a("a");
  a.apply(Kind::hello, "b", 7);
  a.apply(Kind::part, "b", 7, R"([[1,"bob"],[2,"bea"]])");
  a.apply(Kind::login, "a", 1, "ann");
  EXPECT_EQ(a.apply(Kind::hello, "b", 7), Names{}) << "it has lost the thread, and is still there";
  EXPECT_EQ(a.apply(Kind::hello, "b", 8), (Names{"disconnect", "ann"}));
  EXPECT_EQ(a.apply(Kind::part, "b", 7, R"([[1,"bob"]])"), Names{}) << "of the process that has gone";
  EXPECT_FALSE(a.replica.is_replaced());
  a.apply(Kind::hello, "a", 1);
  EXPECT_FALSE(a.replica.is_replaced());
  a.apply(Kind::hello, "a", 2);
  EXPECT_TRUE(a.replica.is_replaced());
}

TEST(Replica, APartKeepsPlacesAndTakesWhoIsNotInItOut) {
  Following a("a");
  for (const auto& [client, name] : {std::pair(1, "bob"), std::pair(2, "bea")}) {
    a.apply(Kind::login, "b", static_cast<std::uint64_t>(client), name);
  }
  a.apply(Kind::login, "a", 1, "ann");
  EXPECT_EQ(a.apply(Kind::part, "b", 7, R"([[3,"ben"],[2,"beate"]])"),
            (Names{"login", "beate", "ann", "ben"}));
  EXPECT_EQ(a.apply(Kind::part, "b", 7, "[]"), (Names{"disconnect", "ann"}));
  EXPECT_EQ(a.apply(Kind::part, "b", 7, "[]"), Names{});
  EXPECT_EQ(a.apply(Kind::part, "a", 1, R"([[1,"ann"],[2,"al"]])"), (Names{"login", "ann", "al"}));
  EXPECT_EQ(a.own_changes(), (Changes{{1, true}, {2, true}}));
}

TEST(Replica, APartThatCannotBeReadIsNobodys) {
  Following a("a");
  for (const auto* part :
       {"", "{}", "null", "[", "[1]", "[[1]]", R"([["1","ann"]])", R"([[-1,"ann"]])", R"([[1,2]])"}) {
    EXPECT_EQ(a.apply(Kind::part, "b", 7, part), Names{}) << part;
  }
}

TEST(Replica, WhoIsGivenUpIsGoneUnlessItCameBack) {
  Following a("a");
  a.apply(Kind::part, "b", 7, R"([[1,"bob"]])");  // at 1
  EXPECT_EQ(a.apply(Kind::gone, "c", 1), Names{});
  a.apply(Kind::part, "b", 7, R"([[1,"bob"]])");  // at 3
  EXPECT_EQ(a.apply(Kind::gone, "b", 1), Names{}) << "said of its part before";
  EXPECT_EQ(a.replica.nodes().at("b"), 3u);
  EXPECT_EQ(a.apply(Kind::gone, "b", 3), (Names{"disconnect"}));
  EXPECT_TRUE(a.replica.nodes().empty());
  EXPECT_EQ(a.apply(Kind::gone, "b", 3), Names{}) << "said by two";
}

TEST(Replica, WhereNobodyCouldTellOfItTheRoomBeginsAnew) {
  Following a("a");
  a.apply(Kind::part, "a", 1, R"([[1,"ann"]])");
  a.apply(Kind::part, "b", 7, R"([[1,"bob"]])");
  EXPECT_EQ(a.apply(Kind::fresh, "c", 5), (Names{"disconnect"}));
  EXPECT_EQ(a.own_changes(), (Changes{{1, false}}));
  EXPECT_TRUE(a.replica.nodes().empty());
  EXPECT_EQ(a.apply(Kind::part, "c", 5, "[]"), Names{});
  EXPECT_EQ(a.apply(Kind::part, "a", 1, R"([[1,"ann"]])"), (Names{"login", "ann"}));
}

TEST(Replica, IsTakenOverFromASnapshot) {
  Following a("a"), b("b");
  a.apply(Kind::part, "a", 1, "[]");
  a.apply(Kind::login, "a", 1, "ann \"\n");
  a.apply(Kind::login, "b", 4, "bob");
  b.apply(Kind::login, "b", 4, "bob");
  b.apply(Kind::login, "b", 5, "bea");
  std::vector<Change> changes;
  ASSERT_TRUE(b.replica.load(a.replica.snapshot(), changes));
  b.changes = changes;
  EXPECT_EQ(b.own_changes(), (Changes{{4, false}, {5, false}, {4, true}}));
  EXPECT_EQ(b.replica.own_members(), 1u);
  EXPECT_EQ(b.replica.nodes(), a.replica.nodes());
  EXPECT_EQ(b.apply(Kind::login, "c", 1, "cat"), a.apply(Kind::login, "c", 1, "cat"));
  EXPECT_EQ(a.replica.snapshot(), b.replica.snapshot());
}

TEST(Replica, ASnapshotThatCannotBeReadChangesNothing) {
  Following a("a");
  a.apply(Kind::login, "a", 1, "ann");
  const auto before = a.replica.snapshot();
  std::vector<Change> changes;
  for (const auto* text : {"x", "[]", "{}", R"({"nodes":{},"processes":{}})",
                           R"({"nodes":{},"processes":{},"members":[[1]]})"}) {
    EXPECT_FALSE(a.replica.load(text, changes)) << text;
    EXPECT_EQ(a.replica.snapshot(), before);
  }
  EXPECT_TRUE(a.replica.load("", changes)) << "an empty room";
  EXPECT_EQ(changes.size(), 1u);
  EXPECT_TRUE(a.room.members().empty());
}

}  // namespace
}  // namespace chatlab::server::cluster
