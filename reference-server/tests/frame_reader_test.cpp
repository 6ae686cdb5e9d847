// RFC 6455 as the server reads it: frames in, messages and violations out.
#include "reference-server/frame_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reference-server/tests/chat_client.hpp"

namespace chatlab::server {
namespace {

using namespace std::string_literals;
using test::client_frame;

constexpr std::size_t message_limit_bytes = 200'000;

/// "text 'payload'", "close 1000 'reason'", "violation 1002": everything that the bytes say, in a line each.
std::vector<std::string> read_in_steps(std::string bytes, std::size_t step_bytes) {
  std::vector<std::string> heard;
  FrameReader reader(message_limit_bytes);
  std::string incomplete;
  while (!bytes.empty()) {
    incomplete += bytes.substr(0, step_bytes);
    bytes.erase(0, step_bytes);
    std::span<char> rest = incomplete;
    while (const auto received = reader.next(rest)) {
      constexpr const char* kinds[] = {"text", "binary", "ping", "pong", "close", "violation"};
      auto line = std::string(kinds[received->kind]);
      if (received->code != CloseCode::none) line += fmt::format(" {}", static_cast<int>(received->code));
      if (received->kind != Received::violation) line += fmt::format(" '{}'", received->payload);
      heard.push_back(line);
      if (received->kind == Received::close || received->kind == Received::violation) return heard;
    }
    incomplete.erase(0, incomplete.size() - rest.size());
  }
  return heard;
}

using Lines = std::vector<std::string>;

/// However the bytes are cut, they say the same.
Lines read(const std::string& bytes) {
  const auto whole = read_in_steps(bytes, bytes.size());
  if (bytes.size() < 1000) {
    EXPECT_EQ(read_in_steps(bytes, 1), whole) << "byte by byte it is something else";
  }
  EXPECT_EQ(read_in_steps(bytes, 7), whole) << "in sevens it is something else";
  return whole;
}

class PayloadLength : public testing::TestWithParam<std::size_t> {};

TEST_P(PayloadLength, IsReadWhole) {
  std::string payload;
  for (std::size_t i = 0; i < GetParam(); ++i) payload.push_back(static_cast<char>('!' + i % 90));
  EXPECT_TRUE(read(client_frame(Opcode::text, payload)) == Lines{"text '" + payload + "'"});
}

INSTANTIATE_TEST_SUITE_P(Rfc6455, PayloadLength,
                         testing::Values(0, 1, 7, 8, 9, 124, 125, 126, 127, 65535, 65536, 65537));

TEST(FrameReader, ReadsFragmentsAsOneMessage) {
  EXPECT_EQ(read(client_frame(Opcode::text, "a", false) + client_frame(Opcode::continuation, "b", false) +
                 client_frame(Opcode::continuation, "", false) + client_frame(Opcode::continuation, "c") +
                 client_frame(Opcode::text, "d")),
            (Lines{"text 'abc'", "text 'd'"}));
}

TEST(FrameReader, ReadsControlFramesBetweenFragmentsAtOnce) {
  EXPECT_EQ(read(client_frame(Opcode::binary, "a", false) + client_frame(Opcode::ping, "1") +
                 client_frame(Opcode::continuation, "b", false) + client_frame(Opcode::pong, "2") +
                 client_frame(Opcode::continuation, "c")),
            (Lines{"ping '1'", "pong '2'", "binary 'abc'"}));
}

TEST(FrameReader, ReadsACloseBetweenFragments) {
  EXPECT_EQ(read(client_frame(Opcode::text, "a", false) + client_frame(Opcode::close, "\x03\xE8"s)),
            Lines{"close 1000 ''"});
}

TEST(FrameReader, TakesUtf8ThatIsCutBetweenFragments) {
  const auto text = "h\xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x8E\x89"s;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(read(client_frame(Opcode::text, text.substr(0, cut), false) +
                   client_frame(Opcode::continuation, text.substr(cut))),
              Lines{"text '" + text + "'"});
  }
}

TEST(FrameReader, DoesNotTakeUtf8ThatEndsInTheMiddle) {
  EXPECT_EQ(read(client_frame(Opcode::text, "\xE6", false) + client_frame(Opcode::continuation, "\xBC")),
            Lines{"violation 1007"});
}

TEST(FrameReader, LeavesBinaryPayloadsAlone) {
  EXPECT_EQ(read(client_frame(Opcode::binary, "\xFF\x00"s)), Lines{"binary '\xFF\x00'"s});
}

TEST(FrameReader, HoldsTheLimitOverAllFragments) {
  const std::string half(message_limit_bytes / 2, 'x');
  EXPECT_EQ(
      read(client_frame(Opcode::text, half, false) + client_frame(Opcode::continuation, half)).at(0).size(),
      message_limit_bytes + 7);
  EXPECT_EQ(read(client_frame(Opcode::text, half, false) + client_frame(Opcode::continuation, half + "x")),
            Lines{"violation 1009"});
}

TEST(FrameReader, RefusesALongMessageBeforeItsBytesHaveCome) {
  EXPECT_EQ(read("\x81\xFF\x00\x00\x00\x00\x7F\xFF\xFF\xFFmask"s), Lines{"violation 1009"});
}

struct ViolationCase {
  const char* what;
  std::string bytes;
};

void PrintTo(const ViolationCase& row, std::ostream* out) {
  *out << row.what;
}

class Wrong : public testing::TestWithParam<ViolationCase> {};

TEST_P(Wrong, IsAProtocolError) {
  EXPECT_EQ(read(GetParam().bytes), Lines{"violation 1002"});
}

std::string with_first_byte(int first) {
  auto frame = client_frame(Opcode::text, "x");
  frame[0] = static_cast<char>(first);
  return frame;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, Wrong,
    testing::Values(
        ViolationCase{"unmasked", "\x81\x01x"s}, ViolationCase{"unmasked and empty", "\x81\x00"s},
        ViolationCase{"reserved bit 1", with_first_byte(0xC1)},
        ViolationCase{"reserved bit 2", with_first_byte(0xA1)},
        ViolationCase{"reserved bit 3", with_first_byte(0x91)},
        ViolationCase{"opcode 3", with_first_byte(0x83)}, ViolationCase{"opcode 7", with_first_byte(0x87)},
        ViolationCase{"opcode 11", with_first_byte(0x8B)}, ViolationCase{"opcode 15", with_first_byte(0x8F)},
        ViolationCase{"a fragmented ping", client_frame(Opcode::ping, "", false)},
        ViolationCase{"a fragmented close", client_frame(Opcode::close, "", false)},
        ViolationCase{"a ping of 126 bytes", client_frame(Opcode::ping, std::string(126, 'x'))},
        ViolationCase{"a close of 126 bytes",
                      client_frame(Opcode::close, "\x03\xE8" + std::string(124, 'x'))},
        ViolationCase{"a ping whose length is written longer", "\x89\xFE\x00\x01maskx"s},
        ViolationCase{"125 in 16 bits", "\x81\xFE\x00\x7Dmask"s},
        ViolationCase{"65535 in 64 bits", "\x81\xFF\0\0\0\0\0\0\xFF\xFFmask"s},
        ViolationCase{"a length of 64 bits with the highest set", "\x81\xFF\x80\0\0\0\0\0\0\0mask"s},
        ViolationCase{"a continuation of nothing", client_frame(Opcode::continuation, "x")},
        ViolationCase{"a continuation after a whole message", client_frame(Opcode::continuation, "", false)},
        ViolationCase{"a close of one byte", client_frame(Opcode::close, "\x03")}));

TEST(FrameReader, DoesNotTakeAMessageInsideAnother) {
  EXPECT_EQ(read(client_frame(Opcode::text, "a", false) + client_frame(Opcode::text, "b")),
            Lines{"violation 1002"});
  EXPECT_EQ(read(client_frame(Opcode::text, "a", false) + client_frame(Opcode::binary, "b", false)),
            Lines{"violation 1002"});
}

std::string close_with(int code, std::string_view reason = "") {
  return client_frame(
      Opcode::close,
      std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)}.append(reason));
}

TEST(CloseFrames, MayHaveNoCode) {
  EXPECT_EQ(read(client_frame(Opcode::close, "")), Lines{"close ''"});
}

TEST(CloseFrames, MayHaveTheseCodes) {
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    EXPECT_EQ(read(close_with(code, "why")), Lines{fmt::format("close {} 'why'", code)});
  }
}

TEST(CloseFrames, MayNotHaveThese) {
  for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    EXPECT_EQ(read(close_with(code)), Lines{"violation 1002"}) << code;
  }
}

TEST(CloseFrames, HaveAReasonInUtf8) {
  EXPECT_EQ(read(close_with(1000, std::string(123, 'x'))),
            Lines{"close 1000 '" + std::string(123, 'x') + "'"});
  EXPECT_EQ(read(close_with(1000, "\xC3")), Lines{"violation 1007"});
}

TEST(Utf8, IsWhatRfc3629Says) {
  for (const auto& text : {""s, "a"s, "12345678"s, "1234567\xC3\xA9"s, "\xC2\x80"s, "\xDF\xBF"s,
                           "\xE0\xA0\x80"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s, "\xEF\xBF\xBF"s,
                           "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s, "\0"s, "\x7F"s}) {
    EXPECT_TRUE(is_utf8(text)) << testing::PrintToString(text);
  }
  for (const auto& text : {"\x80"s,
                           "\xBF"s,
                           "\xC0\x80"s,
                           "\xC1\xBF"s,
                           "\xC2"s,
                           "\xC2\x41"s,
                           "\xE0\x80\x80"s,
                           "\xE0\x9F\xBF"s,
                           "\xED\xA0\x80"s,
                           "\xED\xBF\xBF"s,
                           "\xE1\x80"s,
                           "\xE1\x80\x41"s,
                           "\xF0\x80\x80\x80"s,
                           "\xF0\x8F\xBF\xBF"s,
                           "\xF4\x90\x80\x80"s,
                           "\xF5\x80\x80\x80"s,
                           "\xF1\x80\x80"s,
                           "\xF1\x80\x80\x41"s,
                           "\xFE"s,
                           "\xFF"s,
                           "12345678\xFF"s,
                           "1234567\xFF"s}) {
    EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace chatlab::server
