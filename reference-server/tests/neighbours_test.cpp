#include "reference-server/cluster/neighbours.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "reference-server/cluster/mailbox.hpp"

namespace chatlab::server::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Neighbours::Moment beginning{1h};

TEST(Neighbours, HaveTheirTimeFromWhenTheyWereFirstAskedFor) {
  Neighbours neighbours(5s);
  EXPECT_FALSE(neighbours.is_silent("a", beginning));
  EXPECT_FALSE(neighbours.is_silent("a", beginning + 4999ms));
  EXPECT_TRUE(neighbours.is_silent("a", beginning + 5s));
}

TEST(Neighbours, AreSaidToBeSilentOnceInTheirTime) {
  Neighbours neighbours(5s);
  neighbours.hear("a", beginning);
  EXPECT_TRUE(neighbours.is_silent("a", beginning + 6s));
  EXPECT_FALSE(neighbours.is_silent("a", beginning + 10s));
  EXPECT_TRUE(neighbours.is_silent("a", beginning + 11s));
}

TEST(Neighbours, AreGivenTheirTimeAnewByWhatIsHeardAndByWhoCouldNotHear) {
  Neighbours neighbours(5s);
  for (const auto* node : {"a", "b"}) neighbours.hear(node, beginning);
  neighbours.hear("a", beginning + 3s);
  EXPECT_FALSE(neighbours.is_silent("a", beginning + 7s));
  EXPECT_TRUE(neighbours.is_silent("b", beginning + 7s));
  neighbours.hear_of_all(beginning + 8s);
  EXPECT_FALSE(neighbours.is_silent("a", beginning + 12s));
}

TEST(Mailbox, TellsOfTheFirstLetterAndGivesAllInOrder) {
  Mailbox mailbox;
  EXPECT_TRUE(mailbox.push(7, 1, "a"));
  EXPECT_FALSE(mailbox.push(7, 2, "b"));
  const auto letters = mailbox.pop_all();
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[1].subscription, 7);
  EXPECT_EQ(letters[1].place, 2u);
  EXPECT_EQ(letters[1].text, "b");
  EXPECT_TRUE(mailbox.push(7, 3, "c"));
}

TEST(Mailbox, LetsNobodyWaitWhoPutsInMoreThanIsTakenOut) {
  Mailbox mailbox;
  const std::string much(limits::stream_bytes, 'x');
  mailbox.push(7, 1, much);
  std::thread full([&] { mailbox.push(7, 2, "waits"); });
  EXPECT_FALSE(mailbox.pop_all().empty());
  full.join();
  mailbox.pop_all();
  mailbox.push(7, 3, much);
  std::thread left([&] { mailbox.push(7, 4, "waits"); });
  mailbox.close();
  left.join();
  mailbox.pop_all();
  EXPECT_FALSE(mailbox.push(7, 5, "nobody takes it"));
  EXPECT_TRUE(mailbox.pop_all().empty());
}

}  // namespace
}  // namespace chatlab::server::cluster
