// How a connection ends, and how that is put into words.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/tests/conversation.hpp"

namespace chatlab::client::test {
namespace {

constexpr int close_opcode = 8;

using EndingOfAConversation = ConversationTest;

struct Ending {
  std::string bytes;
  std::string words;
};

void PrintTo(const Ending& row, std::ostream* out) {
  *out << row.words;
}

class EndingTest : public ConversationTest, public ::testing::WithParamInterface<Ending> {};

TEST_P(EndingTest, IsPutIntoWords) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write(GetParam().bytes);
    peer.socket().shutdown(tcp::socket::shutdown_send);
    co_await peer.wait_for_end();
  });
  EXPECT_EQ(receive(), "failure: " + GetParam().words);
  EXPECT_TRUE(send("too late")) << "a connection that has ended took a message";
}

INSTANTIATE_TEST_SUITE_P(
    Endings, EndingTest,
    ::testing::Values(Ending{server_frame(0x88, "\x03\xE8"), "closed with code 1000"},
                      Ending{server_frame(0x88, "\x03\xE9going home"), "closed with code 1001: going home"},
                      Ending{server_frame(0x88, "\x03\xF1too big"), "closed with code 1009: too big"},
                      Ending{server_frame(0x88, "\x0F\xA0own"), "closed with code 4000: own"},
                      Ending{server_frame(0x88, ""), "closed without a code"},
                      Ending{"", "ended without a close frame"},
                      Ending{server_frame(0x81, "cut off").substr(0, 4), "ended without a close frame"}));

class BrokenTest : public ConversationTest, public ::testing::WithParamInterface<Ending> {};

TEST_P(BrokenTest, IsSaidWithItsReason) {
  ClientFrame complaint;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write(GetParam().bytes);
    complaint = co_await peer.read_frame();
  });
  const auto failure = receive();
  EXPECT_EQ(complaint.opcode, close_opcode);
  EXPECT_TRUE(failure.starts_with("failure: broken: ")) << failure;
  EXPECT_GT(failure.size(), std::string("failure: broken: ").size());
}

TEST_P(BrokenTest, IsSaidThoughThePeerStays) {
  listen_to(GetParam().bytes);
  EXPECT_TRUE(receive().starts_with("failure: broken: "));
}

INSTANTIATE_TEST_SUITE_P(Violations, BrokenTest,
                         ::testing::Values(Ending{server_frame(0xC1, "x"), "a reserved bit"},
                                           Ending{server_frame(0x83, "x"), "a reserved opcode"},
                                           Ending{server_frame(0x80, "x"), "a continuation of nothing"},
                                           Ending{"\x81\x81mask!", "a masked frame"},
                                           Ending{server_frame(0x81, "\xC3\x28"), "invalid UTF-8"},
                                           Ending{server_frame(0x88, "\x03"), "half a close code"}));

TEST_F(EndingOfAConversation, SaysThatItWasReset) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    peer.reset();
    co_return;
  });
  finish_script();
  EXPECT_EQ(receive(), "failure: reset");
}

TEST_F(EndingOfAConversation, KnowsTheCloseCodeOfAPeerThatDoesNotWaitForTheAnswer) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write(server_frame(0x88, "\x03\xE9going home"));
    peer.close();
  });
  finish_script();
  EXPECT_EQ(receive(), "failure: closed with code 1001: going home");
}

TEST_F(EndingOfAConversation, KnowsTheCloseCodeThatCameBeforeAReset) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.socket().async_wait(tcp::socket::wait_read, asio::use_awaitable);
    co_await peer.write(server_frame(0x88, "\x03\xF3"));
    peer.close();  // with bytes unread, which resets TCP
  });
  EXPECT_FALSE(send("never read"));
  finish_script();
  for (const auto* text : {"into the reset", "and once more", "and again"}) {
    EXPECT_FALSE(send(text)) << "what the reader has still to find out was told here: " << text;
  }
  EXPECT_EQ(receive(), "failure: closed with code 1011");
}

TEST_F(EndingOfAConversation, AnswersAClose) {
  ClientFrame answer;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write(server_frame(0x88, "\x03\xE9"));
    answer = co_await peer.read_frame();
  });
  receive();
  finish_script();
  EXPECT_EQ(answer.opcode, close_opcode);
  EXPECT_EQ(answer.payload, "\x03\xE9");
}

TEST_F(EndingOfAConversation, ClosesWith1000) {
  ClientFrame goodbye;
  std::string ended;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    goodbye = co_await peer.read_frame();
    co_await peer.write(server_frame(0x88, "\x03\xE8"));
    peer.socket().shutdown(tcp::socket::shutdown_send);
    ended = co_await peer.wait_for_end();
  });
  loop.run(connection->close());
  finish_script();
  EXPECT_EQ(goodbye.opcode, close_opcode);
  EXPECT_EQ(goodbye.payload, "\x03\xE8");
  EXPECT_EQ(ended, "end");
  EXPECT_TRUE(send("after")) << "a closed connection took a message";
  EXPECT_TRUE(receive().starts_with("failure: "));
}

TEST_F(EndingOfAConversation, CloseDoesNotWaitForAPeerThatNeverAnswers) {
  std::string ended;
  talk_to([&](Peer& peer) -> asio::awaitable<void> { ended = co_await peer.wait_for_end(); });
  loop.run(connection->close());
  finish_script();
  EXPECT_FALSE(ended.empty());
}

class LastWordTest : public ConversationTest, public ::testing::WithParamInterface<Ending> {
 protected:
  /// Closes while a receive() waits; says what that one brought.
  std::string close_while_receiving() {
    std::string received;
    loop.start([](Connection& connection, std::string& received) -> asio::awaitable<void> {
      const auto message = co_await connection.receive();
      received = message.has_error() ? "failure" : message->payload;
    }(*connection, received));
    loop.run(connection->close());
    loop.run_until([&] { return !received.empty(); });
    return received;
  }
};

TEST_P(LastWordTest, MayAnswerTheCloseFrame) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    co_await peer.read_frame();
    co_await peer.write(GetParam().bytes);
    co_await peer.wait_for_end();
  });
  EXPECT_EQ(close_while_receiving(), "failure");
}

TEST_P(LastWordTest, MayComeBeforeTheCloseFrame) {
  listen_to(GetParam().bytes);
  EXPECT_EQ(close_while_receiving(), "failure");
}

TEST_P(LastWordTest, MayCrossTheCloseFrame) {
  bool is_written = false;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    co_await peer.read_frame();
    co_await peer.write(GetParam().bytes);
    is_written = true;
    co_await peer.wait_for_end();
  });
  send("your last word?");
  loop.run_until([&] { return is_written; });
  EXPECT_EQ(close_while_receiving(), "failure");
}

INSTANTIATE_TEST_SUITE_P(Words, LastWordTest,
                         ::testing::Values(Ending{server_frame(0x88, "\x03\xE8"), "a close frame"},
                                           Ending{server_frame(0x83, "x"), "a reserved opcode"},
                                           Ending{server_frame(0x81, "\xC3\x28"), "invalid UTF-8"},
                                           Ending{"", "nothing"}));

TEST_F(EndingOfAConversation, APeerThatTakesNothingIsGivenUp) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    asio::steady_timer never(peer.socket().get_executor(), Clock::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
  });
  const std::string more_than_the_kernel_keeps(64 << 20, 'x');
  EXPECT_TRUE(send(more_than_the_kernel_keeps, std::chrono::milliseconds(50)));
  EXPECT_EQ(receive(), "failure: lost: the server did not take a message in time");
}

TEST_F(EndingOfAConversation, ResetDropsTheLineWithoutAWord) {
  std::string ended;
  talk_to([&](Peer& peer) -> asio::awaitable<void> { ended = co_await peer.wait_for_end(); });
  connection->reset();
  finish_script();
  EXPECT_EQ(ended, "reset");
  EXPECT_TRUE(send("after")) << "a reset connection took a message";
  connection->reset();  // again: nothing happens
}

TEST_F(EndingOfAConversation, ResetEndsAWaitingReceive) {
  listen_to("");
  std::string outcome;
  loop.start([](Connection& connection, std::string& outcome) -> asio::awaitable<void> {
    const auto received = co_await connection.receive();
    outcome = received.has_error() ? "failure" : "message";
  }(*connection, outcome));
  loop.run_until([&] {
    connection->reset();
    return !outcome.empty();
  });
  EXPECT_EQ(outcome, "failure");
}

}  // namespace
}  // namespace chatlab::client::test
