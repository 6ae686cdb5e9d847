#include "reference-server/frame.hpp"

#include <gtest/gtest.h>

namespace chatlab::server {
namespace {

using namespace std::string_literals;

struct LengthCase {
  std::size_t payload_bytes;
  std::string header;
};

void PrintTo(const LengthCase& row, std::ostream* out) {
  *out << row.payload_bytes << " bytes";
}

class TextFrame : public testing::TestWithParam<LengthCase> {};

// RFC 6455, section 5.2: FIN and opcode 1, no mask, the shortest way to write the length.
TEST_P(TextFrame, IsHeaderAndPayload) {
  std::string payload;
  for (std::size_t i = 0; i < GetParam().payload_bytes; ++i)
    payload.push_back(static_cast<char>('!' + i % 90));
  const auto frame = encode_frame(Opcode::text, payload);
  ASSERT_EQ(frame->size(), GetParam().header.size() + payload.size());
  EXPECT_EQ(frame->substr(0, GetParam().header.size()), GetParam().header);
  EXPECT_TRUE(frame->ends_with(payload)) << "the payload was changed";
}

INSTANTIATE_TEST_SUITE_P(Lengths, TextFrame,
                         testing::Values(LengthCase{0, "\x81\x00"s}, LengthCase{1, "\x81\x01"s},
                                         LengthCase{125, "\x81\x7D"s}, LengthCase{126, "\x81\x7E\x00\x7E"s},
                                         LengthCase{255, "\x81\x7E\x00\xFF"s},
                                         LengthCase{256, "\x81\x7E\x01\x00"s},
                                         LengthCase{65535, "\x81\x7E\xFF\xFF"s},
                                         LengthCase{65536, "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s},
                                         LengthCase{1 << 20, "\x81\x7F\x00\x00\x00\x00\x00\x10\x00\x00"s}));

TEST(TextFrame, KeepsEveryByteOfThePayload) {
  const auto payload = "zero \0, quotes \", é, 漢, 🎉, newline \n"s;
  EXPECT_EQ(encode_frame(Opcode::text, payload)->substr(2), payload);
}

TEST(CloseFrame, CarriesCodeAndReason) {
  EXPECT_EQ(*encode_close(CloseCode::try_again_later, "later"), "\x88\x07\x03\xF5later"s);
  EXPECT_EQ(*encode_close(CloseCode::none, ""), "\x88\x00"s);
}

TEST(Frames, MayStandTogether) {
  std::string bytes;
  append_frame(bytes, Opcode::text, "a");
  append_frame(bytes, Opcode::ping, "");
  EXPECT_EQ(bytes, "\x81\x01\x61\x89\x00"s);
}

}  // namespace
}  // namespace chatlab::server
