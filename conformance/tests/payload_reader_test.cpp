#include "conformance/payload_reader.hpp"

#include <gtest/gtest.h>

namespace chatlab::conformance {
namespace {

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::size_t depth_of(const Json& value) {
  return value.empty() ? 1 : 1 + depth_of(value.front());
}

TEST(PayloadReader, ReadsWhatIsJsonAndNothingElse) {
  PayloadReader reader;
  EXPECT_EQ(*reader.read(R"({"type":"chat"})"), Json({{"type", "chat"}}));
  EXPECT_EQ(*reader.read("null"), Json());
  EXPECT_FALSE(reader.read("b'{}'"));
  EXPECT_FALSE(reader.read(""));
}

TEST(PayloadReader, ReadsCopiesOnce) {
  PayloadReader reader;
  const auto first = reader.read(R"({"users":["alice"]})");
  EXPECT_EQ(reader.read(R"({"users":["alice"]})"), first);
  EXPECT_NE(reader.read(R"({"users":["bob"]})"), first);
}

TEST(PayloadReader, ReadsRightWhateverItRemembers) {
  PayloadReader reader;
  const auto long_text = [](int number) {
    return R"({"number":)" + std::to_string(number) + R"(,"text":")" + std::string(4 << 20, 'x') + "\"}";
  };
  const auto number_of = [&](int number) { return (*reader.read(long_text(number)))["number"]; };
  const auto first = reader.read(long_text(0));
  for (int number = 0; number < 5; ++number) EXPECT_EQ(number_of(number), number);
  EXPECT_NE(reader.read(long_text(0)), first);
  for (int number = 4; number > 2; --number) EXPECT_EQ(number_of(number), number);
}

TEST(PayloadReader, RemembersSoMuchAndNoMore) {
  PayloadReader reader;
  const auto number = [](int number) { return R"({"number":)" + std::to_string(number) + "}"; };
  const auto first = reader.read(number(0));
  for (int i = 0; i < 10'000; ++i) reader.read(number(i));
  EXPECT_NE(reader.read(number(0)), first);
}

TEST(JsonOf, LeavesOutWhatIsTooDeep) {
  EXPECT_EQ(depth_of(*json_of(nested(64))), 64);
  EXPECT_EQ(depth_of(*json_of(nested(65))), 65);
  EXPECT_EQ(depth_of(*json_of(nested(66))), 65);
  EXPECT_EQ(depth_of(*json_of(nested(100'000))), 65);
}

TEST(JsonOf, DoesNotTakeBracketsInTextsForDepth) {
  const Json message = {{"text", std::string(1000, '[') + std::string(1000, '{')}};
  EXPECT_EQ(*json_of(message.dump()), message);
}

}  // namespace
}  // namespace chatlab::conformance
