#include "loadgen/quantity.hpp"

#include <gtest/gtest.h>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, ReadsTimes) {
  EXPECT_EQ(parse_time("250us"), 250us);
  EXPECT_EQ(parse_time("25ms"), 25ms);
  EXPECT_EQ(parse_time("1.5s"), 1500ms);
  EXPECT_EQ(parse_time("2"), 2s);
  EXPECT_EQ(parse_time("2m"), 120s);
  EXPECT_EQ(parse_time("1h"), 3600s);
  EXPECT_EQ(parse_time("0"), 0s);
  for (const char* bad : {"", "s", "-1s", "fast", "5 s", "1e3s", "25h", "1.2.3s", "nan"}) {
    EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
  }
}

TEST(Quantity, ReadsNumbers) {
  EXPECT_EQ(parse_number("0.5"), 0.5);
  for (const char* bad : {"", "x", "1x", "inf", "nan"}) EXPECT_EQ(parse_number(bad), std::nullopt) << bad;
}

TEST(Quantity, WritesTimesWithTheUnitThatFits) {
  EXPECT_EQ(time_in_words(873us), "873 us");
  EXPECT_EQ(time_in_words(1234us), "1.23 ms");
  EXPECT_EQ(time_in_words(12345us), "12.3 ms");
  EXPECT_EQ(time_in_words(999999us), "1000 ms");
  EXPECT_EQ(time_in_words(1270000us), "1.27 s");
  EXPECT_EQ(time_in_words(std::nullopt), "lost");
}

TEST(Quantity, WritesNumbersWithThreeDigits) {
  EXPECT_EQ(number_in_words(7), "7");
  EXPECT_EQ(number_in_words(199.96), "200");
  EXPECT_EQ(number_in_words(12345), "12.3k");
  EXPECT_EQ(number_in_words(4567890), "4.57M");
}

}  // namespace
}  // namespace chatlab::loadgen
