#include "conformance/match.hpp"

#include <gtest/gtest.h>

#include "conformance/legible.hpp"
#include "conformance/pattern.hpp"

namespace chatlab::conformance {
namespace {

using Words = std::vector<std::string>;

struct Case {
  const char* what;
  const char* pattern;
  const char* value;
  Words differences;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.what;
}

class Matching : public testing::TestWithParam<Case> {};

TEST_P(Matching, SaysWhatDiffers) {
  const auto& [what, pattern, value, expected] = GetParam();
  EXPECT_EQ(differences(Json::parse(pattern), Json::parse(value), {"tag123", false}), expected) << what;
  EXPECT_EQ(matches(Json::parse(pattern), Json::parse(value), {"tag123", false}), expected.empty()) << what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Matching,
    testing::Values(
        Case{"further fields are allowed", R"({"type":"chat"})", R"({"type":"chat","text":"x"})", {}},
        Case{"a scalar", R"({"type":"login"})", R"({"type":"logon"})", {R"("type" is "logon", not "login")"}},
        Case{"a kind of value",
             R"({"type":"login"})",
             R"({"type":["login"]})",
             {R"("type" is an array, not a string)"}},
        Case{"a number is no text", R"({"n":1})", R"({"n":"1"})", {R"("n" is "1", not 1)"}},
        Case{"a missing field",
             R"({"type":"login","users":"$any"})",
             R"({"type":"login"})",
             {R"("users" is missing)"}},
        Case{"null is there", R"({"users":"$any"})", R"({"users":null})", {}},
        Case{"absent", R"({"users":"$absent"})", R"({"users":[]})", {R"("users" should not be there)"}},
        Case{"not an object",
             R"({"type":"chat"})",
             R"("{\"type\":\"chat\"}")",
             {"it is a string, not an object"}},
        Case{"nested", R"({"a":{"b":[1,2]}})", R"({"a":{"b":[1,3]}})", {R"("a.b.1" is 3, not 2)"}},
        Case{"length", R"({"a":[1,2]})", R"({"a":[1]})", {R"("a" has 1 items, not 2)"}},
        Case{"exactly: order is nothing", R"({"exactly":{"a":1,"b":2}})", R"({"b":2,"a":1})", {}},
        Case{"exactly: further",
             R"({"exactly":{"a":1}})",
             R"({"a":1,"b":2})",
             {R"("b" was not there when it was sent)"}},
        Case{"exactly: missing", R"({"exactly":{"a":1,"b":2}})", R"({"a":1})", {R"("b" is missing)"}},
        Case{"exactly: double encoded",
             R"({"exactly":{"a":1}})",
             R"("{\"a\":1}")",
             {"it is a string, not an object"}},
        Case{"ours: any order, strangers",
             R"({"ours":["a-tag123","b-tag123"]})",
             R"(["x","b-tag123","a-tag123"])",
             {}},
        Case{"ours: one left out",
             R"({"ours":["a-tag123","b-tag123"]})",
             R"(["b-tag123"])",
             {R"(it leaves out "a-tag123")"}},
        Case{"ours: one too many",
             R"({"ours":["a-tag123"]})",
             R"(["a-tag123","b-tag123"])",
             {R"(it has "b-tag123", which should not be there)"}},
        Case{"ours: a multiset",
             R"({"ours":["a-tag123","a-tag123"]})",
             R"(["a-tag123"])",
             {R"(it has "a-tag123" once, not 2 times)"}},
        Case{"ours: a throw-away login", R"({"ours":["a-tag123"]})", R"(["a-tag123","fence-1-tag123"])", {}},
        Case{"ours: an object",
             R"({"users":{"ours":[]}})",
             R"({"users":{"a":true}})",
             {R"("users" is an object, not an array of names)"}},
        Case{"ours: not a name",
             R"({"users":{"ours":[]}})",
             R"({"users":[5]})",
             {R"("users" holds 5, which is not a name)"}},
        Case{"mentions, deep inside", R"({"users":{"mentions":"bob"}})", R"({"users":[{"name":"bob"}]})", {}},
        Case{"mentions all of them",
             R"({"mentions":["bob","cat"]})",
             R"(["bob"])",
             {R"(it does not mention "cat")"}},
        Case{"mentions a text with quotes",
             R"({"mentions":"say \"hi\" \\ \n"})",
             R"({"text":"I say \"hi\" \\ \n!"})",
             {}},
        Case{"mentions a text in JSON in a string",
             R"({"mentions":"say \"hi\""})",
             R"("{\"text\":\"say \\\"hi\\\"\"}")",
             {}},
        Case{"mentions the name of a field",
             R"({"users":{"mentions":"bob"}})",
             R"({"users":{"bob":true}})",
             {}},
        Case{"all of them texts", R"({"users":{"all":"$text"}})", R"({"users":["a",""]})", {}},
        Case{"one that is no text",
             R"({"users":{"all":"$text"}})",
             R"({"users":["a",5]})",
             {R"("users.1" is 5, not a text)"}},
        Case{"all of what is no array",
             R"({"users":{"all":"$text"}})",
             R"({"users":{"a":1}})",
             {R"("users" is an object, not an array)"}},
        Case{"one of", R"({"one of":["a","b"]})", R"("b")", {}},
        Case{"one of none, and a field",
             R"({"a":{"one of":[{"x":1,"y":2},"b"]},"c":1})",
             R"({"a":{"x":3,"y":4},"c":2})",
             {R"("a" is an object, not a string)", R"("c" is 2, not 1)"}},
        Case{"one of none, and a field that is right",
             R"({"a":{"one of":[{"x":1,"y":2},{"x":5}]},"c":1})",
             R"({"a":{"x":3,"y":4},"c":1})",
             {R"("a.x" is 3, not 5)"}},
        Case{"one of the later ones, and a field",
             R"({"a":{"one of":["b",{"x":1}]},"c":1})",
             R"({"a":{"x":1},"c":2})",
             {R"("c" is 2, not 1)"}},
        Case{"json in text", R"({"json in text":{"type":"chat"}})", R"("{\"type\": \"chat\"}")", {}},
        Case{"json in text that differs",
             R"({"json in text":{"type":"chat"}})",
             R"("{\"type\": \"chap\"}")",
             {R"("type" is "chap", not "chat")"}},
        Case{"no json in text",
             R"({"json in text":"$any"})",
             R"("chat")",
             {"it is not a text that holds JSON"}},
        Case{"a list", R"({"users":"$list"})", R"({"users":{}})", {R"("users" is an object, not an array)"}},
        Case{"an object", R"("$object")", R"([])", {"it is an array, not an object"}},
        Case{"one of none", R"({"one of":["a"]})", R"("b")", {R"(it is "b", not "a")"}}));

TEST(Matching, ExclusiveServersHaveNoStrangers) {
  const Ownership exclusive{"tag123", true};
  const auto pattern = Json::parse(R"({"ours":["a-tag123"]})");
  EXPECT_EQ(differences(pattern, Json::parse(R"(["a-tag123","x"])"), exclusive),
            Words{R"(it has "x", which should not be there)"});
}

TEST(Matching, LongTextsAreComparedByPlace) {
  const auto sent = std::string(1000, 'a');
  const auto got = std::string(500, 'a') + "b";
  EXPECT_EQ(differences(sent, got, {}),
            Words{"it is not the same text: 501 bytes instead of 1000, different from byte 501 on"});
}

TEST(Describing, ShowsAMessageThatWouldMatch) {
  const auto describe = [](const char* pattern) { return describe_pattern(Json::parse(pattern)); };
  EXPECT_EQ(describe(R"({"type":"login","users":{"ours":["a","b"]}})"),
            R"({"type":"login","users":["a","b"]})");
  EXPECT_EQ(describe(R"({"users":{"mentions":"a"}})"), R"({"users":[...,"a",...]})");
  EXPECT_EQ(describe(R"({"error":"$any","x":"$absent"})"), R"({"error":...})");
  EXPECT_EQ(describe(R"({"mentions":"hello"})"), R"(a message with "hello")");
}

TEST(Shortening, CutsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "ü";
  const auto cut = shortened(text, 31);
  EXPECT_FALSE(Json(cut).dump().empty());  // dump throws on bytes that are not UTF-8
  EXPECT_NE(cut.find("bytes ..."), std::string::npos);
  EXPECT_EQ(shortened("short", 31), "short");
}

}  // namespace
}  // namespace chatlab::conformance
