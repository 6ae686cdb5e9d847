// Messages on an open connection, both ways.
#include "client/tests/conversation.hpp"

namespace chatlab::client::test {
namespace {

using namespace std::string_literals;

constexpr int text_opcode = 1;
constexpr int pong_opcode = 10;

TEST_F(ConversationTest, SendsMaskedTextFrames) {
  const std::vector<std::string> texts = {"", "hello", "é漢🎉\n", std::string(126, 'x')};
  std::vector<ClientFrame> frames;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    for (std::size_t i = 0; i < texts.size(); ++i) frames.push_back(co_await peer.read_frame());
  });
  for (const auto& text : texts) EXPECT_FALSE(send(text));
  finish_script();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(frames[i].opcode, text_opcode);
    EXPECT_TRUE(frames[i].is_final);
    EXPECT_TRUE(frames[i].is_masked);
    EXPECT_EQ(frames[i].payload, texts[i]);
  }
}

// P1: one JSON object per text frame, long ones too.
TEST_F(ConversationTest, SendsALongMessageInOneFrame) {
  const std::string text(70'000, 'x');
  ClientFrame frame;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    frame = co_await peer.read_frame();
    co_await peer.wait_for_end();
  });
  EXPECT_FALSE(send(text));
  loop.run_until([&] { return frame.opcode == text_opcode; });
  EXPECT_TRUE(frame.is_final);
  EXPECT_EQ(frame.payload.size(), text.size());
}

TEST_F(ConversationTest, SendsABinaryMessageAndThenTextAgain) {
  std::vector<ClientFrame> frames;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 2; ++i) frames.push_back(co_await peer.read_frame());
  });
  EXPECT_FALSE(send("\x00\xFF"s, patience, Form::binary));
  EXPECT_FALSE(send("text"));
  finish_script();
  EXPECT_EQ(frames[0].opcode, 2);
  EXPECT_EQ(frames[0].payload, "\x00\xFF"s);
  EXPECT_EQ(frames[1].opcode, text_opcode);
}

TEST_F(ConversationTest, SendsAMessageInThreeFragments) {
  for (const auto& text : {std::string("in pieces, é"), std::string("ab"), std::string()}) {
    std::vector<ClientFrame> frames;
    talk_to([&](Peer& peer) -> asio::awaitable<void> {
      for (int i = 0; i < 3; ++i) frames.push_back(co_await peer.read_frame());
    });
    EXPECT_FALSE(send(text, patience, Form::fragments));
    finish_script();
    EXPECT_EQ(frames[0].payload + frames[1].payload + frames[2].payload, text);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(frames[i].opcode, i == 0 ? text_opcode : 0);
      EXPECT_EQ(frames[i].is_final, i == 2);
    }
  }
}

TEST_F(ConversationTest, PingsAndHearsThePong) {
  talk_to([](Peer& peer) -> asio::awaitable<void> {
    const auto ping = co_await peer.read_frame();
    co_await peer.write(server_frame(0x8A, ping.payload + "!") + server_frame(0x81, "good"));
  });
  std::vector<std::string> pongs;
  connection->on_pong([&](std::string payload) { pongs.push_back(std::move(payload)); });
  EXPECT_FALSE(loop.run(connection->ping("are you there?", Clock::now() + patience)));
  EXPECT_EQ(receive(), "good");
  EXPECT_EQ(pongs, std::vector<std::string>{"are you there?!"});
}

TEST_F(ConversationTest, ReceivesMessagesInOrder) {
  listen_to(server_frame(0x81, "one") + server_frame(0x81, "") +
            server_frame(0x81, std::string(70'000, 'x')) + server_frame(0x81, "last"));
  EXPECT_EQ(receive(), "one");
  EXPECT_EQ(receive(), "");
  EXPECT_EQ(receive().size(), 70'000U);
  EXPECT_EQ(receive(), "last");
}

TEST_F(ConversationTest, SaysWhetherAMessageIsText) {
  listen_to(server_frame(0x82, "\x00\xFF"s) + server_frame(0x81, "text"));
  const auto binary = loop.run(connection->receive());
  ASSERT_TRUE(binary.has_value());
  EXPECT_FALSE(binary->is_text);
  EXPECT_EQ(binary->payload, "\x00\xFF"s);
  const auto text = loop.run(connection->receive());
  ASSERT_TRUE(text.has_value());
  EXPECT_TRUE(text->is_text);
}

TEST_F(ConversationTest, PutsFragmentsTogether) {
  listen_to(server_frame(0x01, "in \xC3") + server_frame(0x00, "\xA9 ") + server_frame(0x80, "pieces"));
  EXPECT_EQ(receive(), "in é pieces");
}

TEST_F(ConversationTest, AnswersPingsWhileItWaits) {
  ClientFrame answer;
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write(server_frame(0x89, "are you there?"));
    answer = co_await peer.read_frame();
    co_await peer.write(server_frame(0x81, "good"));
  });
  EXPECT_EQ(receive(), "good");
  EXPECT_EQ(answer.opcode, pong_opcode);
  EXPECT_EQ(answer.payload, "are you there?");
}

TEST_F(ConversationTest, TakesTheLongestMessageAndNoLongerOne) {
  const std::string longest(Connection::message_bytes, 'x');
  talk_to([&](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write(server_frame(0x81, longest));
    co_await peer.write(server_frame(0x81, longest + "x").substr(0, 10));  // its head says it all
    co_await peer.read_frame();
  });
  EXPECT_EQ(receive().size(), longest.size());
  EXPECT_TRUE(receive().starts_with("failure: broken: "));
}

}  // namespace
}  // namespace chatlab::client::test
