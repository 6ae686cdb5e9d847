#include <gtest/gtest.h>

#include "reference-server/cluster/event.hpp"

namespace chatlab::server::cluster {
namespace {

using Kind = Event::Kind;

TEST(ClusterEvent, ComesBackAsItWasWritten) {
  for (const auto kind : {Kind::login, Kind::disconnect, Kind::leave, Kind::chat, Kind::hello, Kind::part,
                          Kind::gone, Kind::fresh}) {
    for (const std::string_view body : {"", "ann", "two\nlines \n", "login b 2\n"}) {
      const auto text = encode({kind, "Node_1-b", 18446744073709551615u, body});
      const auto event = parse_event(text);
      ASSERT_TRUE(event) << text;
      EXPECT_EQ(event->kind, kind);
      EXPECT_EQ(event->node, "Node_1-b");
      EXPECT_EQ(event->number, 18446744073709551615u);
      EXPECT_EQ(event->body, body);
    }
  }
}

TEST(ClusterEvent, IsWrittenForPeopleToRead) {
  EXPECT_EQ(encode({Kind::login, "berlin", 7, "ann"}), "login berlin 7\nann");
}

TEST(ClusterEvent, WhatIsNoneIsRefused) {
  for (const auto* text :
       {"", "login", "login a", "login a 7", "login a x\n", "login a -7\n", "login a 7x\n", "login a \n",
        "login  7\n", "login a.b 7\n", "logout a 7\n", "LOGIN a 7\n", "login a 18446744073709551616\n"}) {
    EXPECT_FALSE(parse_event(text)) << text;
  }
}

TEST(ClusterNames, AreLettersDigitsAndTwoSigns) {
  for (const auto* name : {"a", "berlin-8081", "A_b"}) EXPECT_TRUE(is_cluster_name(name)) << name;
  for (const auto* name : {"", "a b", "a.b", "a*", "ä", ">"}) EXPECT_FALSE(is_cluster_name(name)) << name;
  EXPECT_TRUE(is_cluster_name(std::string(64, 'a')));
  EXPECT_FALSE(is_cluster_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace chatlab::server::cluster
