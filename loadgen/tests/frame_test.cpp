#include "loadgen/frame.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chatlab::loadgen {
namespace {

struct Taken {
  std::vector<std::string> events;
  bool go_on = true;
  bool message(std::string_view payload) { return note("text", payload); }
  bool binary() { return note("binary", ""); }
  bool control(Opcode opcode, std::string_view payload) {
    return note(opcode == Opcode::ping ? "ping" : opcode == Opcode::pong ? "pong" : "close", payload);
  }
  bool note(std::string kind, std::string_view payload) {
    const auto shown = payload.size() > 20 ? std::to_string(payload.size()) : std::string(payload);
    events.push_back(kind + " " + shown);
    return go_on;
  }
};

std::string server_frame(int first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    frame += static_cast<char>(126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xff);
  } else {
    frame += static_cast<char>(127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift & 0xff);
  }
  return frame.append(payload);
}

const std::string conversation = server_frame(0x81, "one") + server_frame(0x01, "tw") +
                                 server_frame(0x89, "are you there") + server_frame(0x80, "o") +
                                 server_frame(0x81, std::string(300, 'x')) + server_frame(0x82, "binary") +
                                 server_frame(0x81, std::string(70000, 'y')) + server_frame(0x81, "") +
                                 server_frame(0x8a, "") + server_frame(0x88, "\x03\xe8");
const std::vector<std::string> events = {"text one",      "ping are you there", "text two", "text 300",
                                         "binary ",       "text 70000",         "text ",    "pong ",
                                         "close \x03\xe8"};

TEST(FrameWalker, TakesManyFramesAtOnce) {
  FrameWalker walker;
  Taken taken;
  EXPECT_EQ(walker.feed(conversation, taken), nullptr);
  EXPECT_EQ(taken.events, events);
}

TEST(FrameWalker, TakesBytesHoweverTheyAreCut) {
  for (std::size_t piece = 1; piece < 3000; piece = piece * 3 / 2 + 1) {
    FrameWalker walker;
    Taken taken;
    for (std::size_t at = 0; at < conversation.size(); at += piece) {
      ASSERT_EQ(walker.feed(std::string_view(conversation).substr(at, piece), taken), nullptr);
    }
    EXPECT_EQ(taken.events, events) << piece;
  }
}

TEST(FrameWalker, StopsWhereItsSinkDoes) {
  FrameWalker walker;
  Taken taken;
  taken.go_on = false;
  EXPECT_EQ(walker.feed(conversation, taken), nullptr);
  EXPECT_EQ(taken.events.size(), 1u);
}

TEST(FrameWalker, RefusesWhatNoServerMaySend) {
  const auto too_long = std::string("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10);
  struct Row {
    std::string bytes, error;
  };
  for (const auto& [bytes, error] :
       {Row{"\x81\x83"
            "abcdxyz",
            "a masked frame"},
        Row{"\xc1\x01x", "a reserved bit that no extension asked for"}, Row{"\x83\x01x", "an unknown opcode"},
        Row{"\x8b\x01x", "an unknown opcode"},
        Row{server_frame(0x09, "x"), "a control frame that is fragmented or too long"},
        Row{server_frame(0x89, std::string(126, 'x')), "a control frame that is fragmented or too long"},
        Row{server_frame(0x80, "x"), "a continuation frame without a message to continue"},
        Row{server_frame(0x01, "x") + server_frame(0x81, "y"), "a new message inside a fragmented one"},
        Row{too_long, "a message of more than 16 MiB"}}) {
    FrameWalker walker;
    Taken taken;
    const char* found = walker.feed(bytes, taken);
    EXPECT_STREQ(found ? found : "none", error.c_str());
    FrameWalker slow;
    found = nullptr;
    for (std::size_t i = 0; i < bytes.size() && !found; ++i)
      found = slow.feed(std::string_view(bytes).substr(i, 1), taken);
    EXPECT_STREQ(found ? found : "none", error.c_str());
  }
}

TEST(ClientFrame, IsMasked) {
  for (const std::size_t size : {0u, 5u, 125u, 126u, 65535u, 65536u}) {
    const std::string payload(size, 'p');
    std::string frame;
    append_frame(frame, Opcode::text, payload, 0x78563412);
    EXPECT_EQ(static_cast<unsigned char>(frame[0]), 0x81);
    EXPECT_EQ(static_cast<unsigned char>(frame[1]) & 0x80, 0x80);
    const std::size_t head = size < 126 ? 2 : size < 65536 ? 4 : 10;
    ASSERT_EQ(frame.size(), head + 4 + size);
    const auto key = frame.substr(head, 4);
    EXPECT_EQ(key, "\x12\x34\x56\x78");
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(frame[head + 4 + i] ^ key[i % 4], 'p');
  }
}

}  // namespace
}  // namespace chatlab::loadgen
