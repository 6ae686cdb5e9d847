// The protocol's rules over real sockets.
#include <gtest/gtest.h>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

/// Ann and Bob are logged in and have read everything; others come and go in the tests.
class ChatTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ann.send(login("ann"));
    ASSERT_EQ(ann.receive_json(), roster("login", {"ann"}));
    bob.send(login("bob"));
    ASSERT_EQ(bob.receive_json(), roster("login", {"ann", "bob"}));
    ASSERT_EQ(ann.receive_json(), roster("login", {"ann", "bob"}));
  }

  /// Nothing but this marker may come next: what was caused before it would have come before it.
  void expect_nothing_came() {
    const auto marker = chat("marker " + std::to_string(++markers_));
    ann.send(marker);
    EXPECT_EQ(ann.receive(), marker);
    EXPECT_EQ(bob.receive(), marker);
  }

  /// What the server has logged. Everybody hangs up before, so that it has nobody to wait for.
  std::string log() {
    ann.line().close();
    bob.line().close();
    return server.log_after_stop();
  }

  RunningServer server;
  ChatClient ann{server.endpoint()};
  ChatClient bob{server.endpoint()};

 private:
  int markers_ = 0;
};

TEST_F(ChatTest, P4ReachesEverybodyOnceAsItCame) {
  const std::string text = R"( {"type":"chat", "text":"\u00e9 <b>\n漢", "extra":[1,{"a":null}], "n":1.50} )";
  bob.send(text);
  EXPECT_EQ(ann.receive(), text);
  EXPECT_EQ(bob.receive(), text);
  expect_nothing_came();
}

TEST_F(ChatTest, P4KeepsTheSendersOrder) {
  constexpr int count = 200;
  for (int i = 0; i < count; ++i) bob.send(chat(std::to_string(i)));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(ann.receive(), chat(std::to_string(i)));
    ASSERT_EQ(bob.receive(), chat(std::to_string(i)));
  }
  expect_nothing_came();
}

TEST_F(ChatTest, P3LeaverIsNotToldAndReceivesNothingMore) {
  bob.send(R"({"type":"disconnect"})");
  EXPECT_EQ(ann.receive_json(), roster("disconnect", {"ann"}));
  ann.send(chat("without bob"));
  EXPECT_EQ(ann.receive(), chat("without bob"));
  bob.send(login("bob"));
  EXPECT_EQ(bob.receive_json(), roster("login", {"ann", "bob"}));
}

TEST_F(ChatTest, P3DisconnectThenCloseIsAnnouncedOnce) {
  ChatClient cat(server.endpoint());
  cat.send(login("cat"));
  for (auto* client : {&ann, &bob, &cat}) client->receive();
  cat.send(R"({"type":"disconnect","username":"cat"})");
  cat.send_close();
  EXPECT_EQ(cat.receive_close(), 1000);
  EXPECT_EQ(ann.receive_json(), roster("disconnect", {"ann", "bob"}));
  EXPECT_EQ(bob.receive_json(), roster("disconnect", {"ann", "bob"}));
  expect_nothing_came();
}

TEST_F(ChatTest, P7ResetSocketIsAnnounced) {
  bob.line().reset();
  EXPECT_EQ(ann.receive_json(), roster("disconnect", {"ann"}));
}

TEST_F(ChatTest, P7SocketThatEndsWithoutACloseFrameIsAnnounced) {
  bob.line().close();
  EXPECT_EQ(ann.receive_json(), roster("disconnect", {"ann"}));
}

TEST_F(ChatTest, P7ClosedTabIsAnnounced) {
  bob.send_close();
  EXPECT_EQ(bob.receive_close(), 1000);
  EXPECT_EQ(ann.receive_json(), roster("disconnect", {"ann"}));
}

TEST_F(ChatTest, P7SocketThatNeverLoggedInGoesUnheard) {
  ChatClient stranger(server.endpoint());
  stranger.send_close();
  EXPECT_EQ(stranger.receive_close(), 1000);
  stranger.line().read_to_end();
  expect_nothing_came();
}

TEST_F(ChatTest, P6AnswersTheSenderOnlyAndKeepsTheConnection) {
  for (const auto* wrong :
       {"hello", "", "[]", "42", R"({"type":"chat")", R"({"type":"login","username":7})"}) {
    bob.send(wrong);
    const auto answer = bob.receive_json();
    EXPECT_TRUE(answer.contains("error") && answer.contains("details")) << wrong << " -> " << answer;
  }
  expect_nothing_came();
}

TEST_F(ChatTest, P6AnswersABinaryFrame) {
  bob.line().write(client_frame(Opcode::binary, chat("binary")));
  EXPECT_TRUE(bob.receive_json().contains("error"));
  expect_nothing_came();
}

TEST_F(ChatTest, P5UnrecognizedIsLoggedAndPassedOnToNobody) {
  bob.send(R"({"type":"dance {} %s\nforged","username":"bob"})");
  bob.send(chat("after"));  // the connection stays, and this proves that bob got no answer
  EXPECT_EQ(bob.receive(), chat("after"));
  EXPECT_EQ(ann.receive(), chat("after"));
  EXPECT_EQ(log(), "Unrecognized message type: \"dance {} %s\\nforged\"\n");
}

TEST_F(ChatTest, P8DisconnectOfAStrangerIsLoggedAndChangesNothing) {
  ChatClient stranger(server.endpoint());
  stranger.send(R"({"type":"disconnect","username":"ann"})");
  stranger.send(chat("after"));
  EXPECT_EQ(ann.receive(), chat("after"));
  EXPECT_EQ(bob.receive(), chat("after"));
  expect_nothing_came();
  stranger.line().close();
  EXPECT_EQ(log(), "Disconnect from a socket that is not logged in\n");
}

TEST_F(ChatTest, P10StrangerIsRelayedButReceivesNothing) {
  ChatClient stranger(server.endpoint());
  stranger.send(chat("from outside"));
  EXPECT_EQ(ann.receive(), chat("from outside"));
  EXPECT_EQ(bob.receive(), chat("from outside"));
  stranger.send(login("stranger"));
  EXPECT_EQ(stranger.receive_json(), roster("login", {"ann", "bob", "stranger"}));
}

TEST_F(ChatTest, P2SecondLoginRenamesInPlace) {
  ann.send(login("anna"));
  EXPECT_EQ(ann.receive_json(), roster("login", {"anna", "bob"}));
  EXPECT_EQ(bob.receive_json(), roster("login", {"anna", "bob"}));
}

TEST_F(ChatTest, P11EverybodySeesOneOrder) {
  constexpr int count = 100;
  for (int i = 0; i < count; ++i) {
    ann.send(chat("ann " + std::to_string(i)));
    bob.send(chat("bob " + std::to_string(i)));
  }
  for (int i = 0; i < 2 * count; ++i) ASSERT_EQ(ann.receive(), bob.receive());
  expect_nothing_came();
}

}  // namespace
}  // namespace chatlab::server::test
