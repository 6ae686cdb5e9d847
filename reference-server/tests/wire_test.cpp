// WebSocket itself: fragments, control frames, limits, and clients that do not keep RFC 6455.
#include <gtest/gtest.h>

#include "reference-server/limits.hpp"
#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

/// Ann is logged in and watches that nobody's mistake disturbs her.
class WireTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ann.send(login("ann"));
    ASSERT_EQ(ann.receive_json(), roster("login", {"ann"}));
  }

  void expect_ann_is_served() {
    ann.send(chat("still here"));
    EXPECT_EQ(ann.receive(), chat("still here"));
  }

  RunningServer server;
  ChatClient ann{server.endpoint()};
  ChatClient bob{server.endpoint()};
};

/// A chat of exactly so many bytes.
std::string chat_of_bytes(std::size_t size_bytes) {
  return chat(std::string(size_bytes - chat("").size(), 'x'));
}

TEST_F(WireTest, LongestMessageIsRelayed) {
  const auto text = chat_of_bytes(limits::message_bytes);
  bob.send(text);
  EXPECT_TRUE(ann.receive() == text) << "the message was changed";
}

TEST_F(WireTest, LongerMessageClosesWith1009) {
  bob.send(chat_of_bytes(limits::message_bytes + 1));
  EXPECT_EQ(bob.receive_close(), 1009);
  expect_ann_is_served();
}

TEST_F(WireTest, LongerMessageInFragmentsClosesWith1009) {
  const std::string half(limits::message_bytes / 2 + 1, ' ');
  bob.line().write(client_frame(Opcode::text, half, false) + client_frame(Opcode::continuation, half));
  EXPECT_EQ(bob.receive_close(), 1009);
  expect_ann_is_served();
}

TEST_F(WireTest, InvalidUtf8ClosesWith1007) {
  bob.send("{\"type\":\"chat\",\"text\":\"\xC3\x28\"}");
  EXPECT_EQ(bob.receive_close(), 1007);
  expect_ann_is_served();
}

struct Violation {
  const char* what;
  std::string bytes;
};

void PrintTo(const Violation& row, std::ostream* out) {
  *out << row.what;
}

class ProtocolViolation : public WireTest, public ::testing::WithParamInterface<Violation> {};

TEST_P(ProtocolViolation, ClosesWith1002) {
  bob.line().write(GetParam().bytes);
  EXPECT_EQ(bob.receive_close(), 1002);
  expect_ann_is_served();
}

using namespace std::string_literals;
INSTANTIATE_TEST_SUITE_P(
    Rfc6455, ProtocolViolation,
    ::testing::Values(Violation{"unmasked", "\x81\x02{}"s}, Violation{"garbage", "GET / HTTP/1.1\r\n\r\n"},
                      Violation{"a reserved bit", "\xC1\x80mask"s},
                      Violation{"a reserved opcode", "\x83\x80mask"s},
                      Violation{"a fragmented ping", client_frame(Opcode::ping, "x", false)},
                      Violation{"a long ping", client_frame(Opcode::ping, std::string(126, 'x'))},
                      Violation{"a continuation of nothing", client_frame(Opcode::continuation, "x")},
                      Violation{"a text inside a message",
                                client_frame(Opcode::text, "{", false) + client_frame(Opcode::text, "}")},
                      Violation{"a close of one byte", client_frame(Opcode::close, "x")}));

TEST_F(WireTest, FragmentedMessageIsRelayedWhole) {
  const std::string text = chat("é in \xF0\x9F\x8E\x89 pieces");
  for (std::size_t i = 0; i < text.size(); ++i) {  // each byte a fragment of its own, letters are cut too
    bob.line().write(client_frame(i == 0 ? Opcode::text : Opcode::continuation, text.substr(i, 1), false));
  }
  bob.line().write(client_frame(Opcode::continuation, ""));
  EXPECT_EQ(ann.receive(), text);
  expect_ann_is_served();
}

TEST_F(WireTest, ControlFrameBetweenFragmentsIsAnsweredAtOnce) {
  const auto text = chat("in two");
  bob.line().write(client_frame(Opcode::text, text.substr(0, 5), false) + client_frame(Opcode::ping, "now"));
  const auto answer = bob.receive_frame();
  EXPECT_EQ(answer.opcode, Opcode::pong);
  EXPECT_EQ(answer.payload, "now");
  bob.line().write(client_frame(Opcode::continuation, text.substr(5)));
  EXPECT_EQ(ann.receive(), text);
}

TEST_F(WireTest, PingIsAnsweredWithItsPayload) {
  for (const auto& payload : {std::string(), std::string("hello"), std::string(125, 'p')}) {
    bob.line().write(client_frame(Opcode::ping, payload));
    const auto answer = bob.receive_frame();
    EXPECT_EQ(answer.opcode, Opcode::pong);
    EXPECT_EQ(answer.payload, payload);
  }
}

TEST_F(WireTest, UnaskedPongIsIgnored) {
  ann.line().write(client_frame(Opcode::pong, "unasked"));
  expect_ann_is_served();
}

TEST_F(WireTest, SeveralMessagesInOneSegmentAreAllServed) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += client_frame(Opcode::text, chat(std::to_string(i)));
  bob.line().write(bytes + client_frame(Opcode::ping, "last"));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ann.receive(), chat(std::to_string(i)));
  EXPECT_EQ(bob.receive_frame().opcode, Opcode::pong);
}

TEST_F(WireTest, MessageMayComeByteByByte) {
  const auto text = chat("slowly");
  for (const char byte : client_frame(Opcode::text, text)) bob.line().write({&byte, 1});
  EXPECT_EQ(ann.receive(), text);
}

TEST_F(WireTest, NothingFollowsTheAnswerToAClose) {
  bob.send(login("bob"));
  bob.receive();
  ann.receive();
  bob.send_close();
  ann.send(chat("meanwhile"));
  ReceivedFrame frame;
  do frame = bob.receive_frame();
  while (frame.opcode == Opcode::text);
  EXPECT_EQ(frame.opcode, Opcode::close);
  ann.send(chat("later"));
  while (ann.receive() != chat("later")) continue;
  bob.line().finish_writing();
  EXPECT_EQ(bob.line().read_to_end(), "");
}

TEST_F(WireTest, WhatIsSentAfterACloseIsNotRelayed) {
  bob.line().write(client_frame(Opcode::close, "\x03\xE8") + client_frame(Opcode::text, chat("too late")));
  EXPECT_EQ(bob.receive_close(), 1000);
  bob.line().finish_writing();
  bob.line().read_to_end();
  expect_ann_is_served();
}

}  // namespace
}  // namespace chatlab::server::test
