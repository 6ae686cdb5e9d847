#include "loadgen/payload.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

namespace chatlab::loadgen {
namespace {

using Json = nlohmann::json;

const Vocabulary words("abcd1234", 128);

struct Answer {
  Heard heard;
  Tag tag;
};

class Reading : public testing::Test {
 protected:
  Answer read(std::string_view message) {
    Tag tag;
    const auto heard = reader_.read(message, tag);
    return {heard, tag};
  }
  void expect_chat(std::string_view message, Tag wanted) {
    const auto [heard, tag] = read(message);
    EXPECT_EQ(heard, Heard::chat) << message;
    EXPECT_EQ(tag, wanted) << message;
  }
  Reader reader_{words, 3};
};

TEST(Vocabulary, MakesTextsOfTheLengthAsked) {
  for (const std::size_t bytes : {33u, 34u, 70u, 128u, 4096u}) {
    EXPECT_EQ(Vocabulary("abcd1234", bytes).text({99999, 99999999}).size(), bytes);
  }
}

TEST(Vocabulary, MakesJson) {
  EXPECT_EQ(Json::parse(words.login(17)), (Json{{"type", "login"}, {"username", "lg-abcd1234-00017"}}));
  const auto chat = Json::parse(words.chat({1, 42}));
  EXPECT_EQ(chat["type"], "chat");
  EXPECT_EQ(chat["username"], words.name(1));
  EXPECT_EQ(chat["text"], words.text({1, 42}));
}

TEST(Vocabulary, RenumbersInPlace) {
  auto chat = words.chat({2, 0});
  words.renumber(chat, {2, 12345678});
  EXPECT_EQ(chat, words.chat({2, 12345678}));
}

TEST_F(Reading, KnowsWhatWasSentAndParsesItOnce) {
  for (std::uint32_t sequence = 0; sequence < 100; ++sequence) {
    for (std::uint32_t sender = 0; sender < 3; ++sender) {
      expect_chat(words.chat({sender, sequence}), {sender, sequence});
    }
  }
  EXPECT_EQ(reader_.parsed(), 3u);
}

// Each of these is one and the same chat, in another hand. The second one of a shape takes the fast path.
TEST_F(Reading, KnowsEveryFormatting) {
  const auto text = [](Tag tag) { return words.text(tag); };
  const std::vector<std::function<std::string(Tag)>> hands = {
      [&](Tag tag) {
        return Json{{"type", "chat"}, {"username", words.name(tag.sender)}, {"text", text(tag)}}.dump();
      },
      [&](Tag tag) {
        return "{\"type\": \"chat\", \"username\": \"" + words.name(tag.sender) + "\", \"text\": \"" +
               text(tag) + "\"}";
      },
      [&](Tag tag) {
        return " {\n\t\"text\" :\"" + text(tag) + "\",\r\n\"at\":1e3,\"username\":\"" +
               words.name(tag.sender) + "\",\"type\":\"chat\",\"more\":[{\"a\":null}]}\n";
      },
      [&](Tag tag) {
        std::string escaped;
        for (const char letter : text(tag))
          escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(letter));
        return "{\"type\":\"chat\",\"username\":\"" + words.name(tag.sender) + "\",\"text\":\"" + escaped +
               "\"}";
      },
      [&](Tag tag) {
        return "{\"typ\\u0065\":\"ch\\u0061t\",\"username\":\"" + words.name(tag.sender) + "\",\"text\":\"" +
               text(tag) + "\"}";
      }};
  std::uint32_t sequence = 0;
  for (int round = 0; round < 3; ++round) {
    for (const auto& hand : hands) {
      for (std::uint32_t sender = 0; sender < 3; ++sender, ++sequence)
        expect_chat(hand({sender, sequence}), {sender, sequence});
    }
  }
}

TEST_F(Reading, SeesEveryChangedByte) {
  expect_chat(words.chat({1, 41}), {1, 41});
  const auto right = words.chat({1, 42});
  for (std::size_t i = 0; i < right.size(); ++i) {
    auto wrong = right;
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    EXPECT_NE(read(wrong).heard, Heard::chat) << i << ": " << wrong;
  }
  expect_chat(right, {1, 42});
}

TEST_F(Reading, CallsChangedChatsCorrupted) {
  const auto chat = [](std::string text) {
    return Json{{"type", "chat"}, {"username", words.name(1)}, {"text", std::move(text)}}.dump();
  };
  const auto text = words.text({1, 42});
  EXPECT_EQ(read(chat(text.substr(0, 100))).heard, Heard::corrupted);
  EXPECT_EQ(read(chat(text + "!")).heard, Heard::corrupted);
  EXPECT_EQ(read(chat("12:30 " + text)).heard, Heard::corrupted);
  EXPECT_EQ(read(words.chat({1, 42}).substr(0, 150)).heard, Heard::corrupted);
  auto renamed = Json::parse(words.chat({1, 42}));
  renamed["username"] = words.name(2);
  EXPECT_EQ(read(renamed.dump()).heard, Heard::corrupted);
  renamed["username"] = words.name(1);
  renamed["type"] = "login";
  EXPECT_EQ(read(renamed.dump()).heard, Heard::corrupted);
}

TEST_F(Reading, LeavesStrangersAlone) {
  EXPECT_EQ(read(R"({"type":"chat","username":"ann","text":"hello"})").heard, Heard::stranger);
  EXPECT_EQ(read(Vocabulary("otherrun", 128).chat({1, 42})).heard, Heard::stranger);
  EXPECT_EQ(read("nonsense").heard, Heard::stranger);
  EXPECT_EQ(read("").heard, Heard::stranger);
  EXPECT_EQ(read("[1]").heard, Heard::stranger);
}

TEST_F(Reading, KnowsRosters) {
  EXPECT_EQ(read(R"({"type":"login","users":["ann"]})").heard, Heard::roster);
  EXPECT_EQ(read(R"({"active_users" : [], "type":"disconnect"})").heard, Heard::roster);
  EXPECT_EQ(read(R"({"type":"chat","username":"ann","text":"users: many"})").heard, Heard::stranger);
}

TEST(Roster, ListsWholeNames) {
  const auto roster = R"({"type": "login", "users": ["lg-abcd1234-00001", "lg-abcd1234-00012"]})";
  EXPECT_TRUE(lists(roster, "lg-abcd1234-00001"));
  EXPECT_FALSE(lists(roster, "lg-abcd1234-0001"));
  EXPECT_FALSE(lists(roster, "lg-abcd1234-00002"));
  EXPECT_EQ(names_of(words, roster), 2u);
  EXPECT_EQ(names_of(Vocabulary("otherrun", 128), roster), 0u);
}

}  // namespace
}  // namespace chatlab::loadgen
