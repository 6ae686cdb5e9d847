// What one client is sent, and in which order.
#include "reference-server/outbox.hpp"

#include <gtest/gtest.h>

#include <array>

namespace chatlab::server {
namespace {

Frame frame(std::string_view text) {
  return std::make_shared<const std::string>(text);
}

class OutboxTest : public testing::Test {
 protected:
  void broadcast(std::string_view text, Broadcast kind = Broadcast::chat) { log.append(frame(text), kind); }

  /// What leaves where the socket takes so many bytes at a time.
  std::string take(std::size_t at_once_bytes = 1000, std::size_t most_bytes = 1000) {
    std::string taken;
    while (taken.size() < most_bytes) {
      std::array<iovec, 3> buffers;
      std::string offered;
      for (const auto& buffer : outbox.gather(log, buffers)) {
        offered.append(static_cast<const char*>(buffer.iov_base), buffer.iov_len);
      }
      if (offered.empty()) break;
      const auto size_bytes = std::min({at_once_bytes, offered.size(), most_bytes - taken.size()});
      taken += offered.substr(0, size_bytes);
      outbox.sent(log, size_bytes);
    }
    return taken;
  }

  BroadcastLog log{false};
  Outbox outbox;
};

TEST_F(OutboxTest, HasTheBroadcastsSinceItsSubscription) {
  broadcast("before ");
  outbox.subscribe(log.end());
  broadcast("one ");
  broadcast("two ");
  EXPECT_EQ(outbox.waiting_bytes(log), 8U);
  EXPECT_EQ(take(), "one two ");
  EXPECT_TRUE(outbox.is_empty(log));
  EXPECT_EQ(outbox.position(), log.end());
}

TEST_F(OutboxTest, HasNoneWithoutASubscription) {
  broadcast("one ");
  EXPECT_TRUE(outbox.is_empty(log));
  EXPECT_EQ(take(), "");
}

TEST_F(OutboxTest, PutsOwnFramesWhereTheyBelong) {
  outbox.subscribe(log.end());
  outbox.push(frame("own 0 "), log.end());
  broadcast("one ");
  outbox.push(frame("own 1 "), log.end());
  outbox.push(frame("own 2 "), log.end());
  broadcast("two ");
  for (const std::size_t at_once_bytes : {1000, 1, 3, 5}) {
    auto copy = outbox;
    EXPECT_EQ(take(at_once_bytes), "own 0 one own 1 own 2 two ") << at_once_bytes;
    EXPECT_TRUE(outbox.is_empty(log));
    outbox = copy;
  }
}

TEST_F(OutboxTest, StillSendsWhatWasSaidBeforeItLeft) {
  outbox.subscribe(log.end());
  broadcast("one ");
  outbox.push(frame("own "), log.end());
  broadcast("two ");
  const auto left_at = log.end();
  broadcast("not for it ");
  outbox.unsubscribe(log, left_at);
  log.forget_before(log.end());
  broadcast("nor this ");
  EXPECT_EQ(outbox.waiting_bytes(log), 12U);
  EXPECT_EQ(take(5), "one own two ");
}

TEST_F(OutboxTest, MayComeBackBeforeAllHasLeft) {
  outbox.subscribe(log.end());
  broadcast("one ");
  outbox.unsubscribe(log, log.end());
  broadcast("not for it ");
  outbox.subscribe(log.end());
  broadcast("two ");
  EXPECT_EQ(take(3), "one two ");
}

TEST_F(OutboxTest, KeepsAFrameWholeThatHasBeenBegunWhenTheRestIsDropped) {
  outbox.subscribe(log.end());
  broadcast("begun ");
  broadcast("dropped ");
  outbox.push(frame("dropped "), log.end());
  EXPECT_EQ(take(2, 2), "be");
  outbox.drop_what_waits();
  outbox.push(frame("close "), log.end());
  EXPECT_EQ(take(), "gun close ");
}

TEST_F(OutboxTest, AnswersTheLatestPingOnly) {
  for (const auto* pong : {"pong 1 ", "pong 22 ", "pong 3 "}) outbox.push_pong(frame(pong), log.end());
  EXPECT_EQ(outbox.waiting_bytes(log), 7U);
  EXPECT_EQ(take(), "pong 3 ");
}

TEST_F(OutboxTest, AnswersAPingThatComesWhileTheLastAnswerLeaves) {
  outbox.push_pong(frame("pong 1 "), log.end());
  EXPECT_EQ(take(2, 2), "po");
  outbox.push_pong(frame("pong 2 "), log.end());
  EXPECT_EQ(take(), "ng 1 pong 2 ");
}

class CoalescingTest : public OutboxTest {
 protected:
  CoalescingTest() {
    log = BroadcastLog(true);
    outbox.subscribe(log.end());
  }
};

TEST_F(CoalescingTest, RosterThatWaitsGivesWayToANewerOneOfItsType) {
  broadcast("login 1 ", Broadcast::login_roster);
  broadcast("chat ");
  broadcast("disconnect 1 ", Broadcast::disconnect_roster);
  broadcast("login 2 ", Broadcast::login_roster);
  broadcast("chat ");
  broadcast("login 3 ", Broadcast::login_roster);
  EXPECT_EQ(outbox.waiting_bytes(log), std::string("chat disconnect 1 chat login 3 ").size());
  EXPECT_EQ(take(4), "chat disconnect 1 chat login 3 ");
}

TEST_F(CoalescingTest, RosterThatHasBeenBegunIsSentWhole) {
  broadcast("login 1 ", Broadcast::login_roster);
  EXPECT_EQ(take(2, 2), "lo");
  broadcast("login 2 ", Broadcast::login_roster);
  broadcast("login 3 ", Broadcast::login_roster);
  EXPECT_EQ(take(), "gin 1 login 3 ");
}

TEST_F(CoalescingTest, CountsWhatWaitsBehindEveryPosition) {
  broadcast("login 1 ", Broadcast::login_roster);
  broadcast("chat ");
  const auto behind_the_chat = log.end();
  broadcast("login 22 ", Broadcast::login_roster);
  EXPECT_EQ(log.bytes_behind(log.begin()), 14U);
  EXPECT_EQ(log.bytes_behind(behind_the_chat), 9U);
  log.forget_before(behind_the_chat);
  broadcast("login 333 ", Broadcast::login_roster);
  EXPECT_EQ(log.bytes_behind(behind_the_chat), 10U);
  EXPECT_EQ(log.bytes_behind(log.end()), 0U);
}

TEST_F(CoalescingTest, IsKeptWhenALogIsMovedIntoAnother) {
  BroadcastLog news(true);
  broadcast("login 1 ", Broadcast::login_roster);
  news.append(frame("login 2 "), Broadcast::login_roster);
  news.append(frame("login 3 "), Broadcast::login_roster);
  log.append_all(news);
  EXPECT_EQ(news.begin(), news.end());
  EXPECT_EQ(outbox.waiting_bytes(log), 8U);
  EXPECT_EQ(take(), "login 3 ");
}

}  // namespace
}  // namespace chatlab::server
