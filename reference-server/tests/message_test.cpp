#include "reference-server/message.hpp"

#include <gtest/gtest.h>

#include "reference-server/limits.hpp"

namespace chatlab::server {
namespace {

/// A message in a few words, so that a table can say what is wanted: "login ann", "malformed: ...".
std::string in_words(const Message& message) {
  if (const auto* login = std::get_if<Login>(&message)) return "login " + login->username;
  if (std::holds_alternative<Disconnect>(message)) return "disconnect";
  if (const auto* chat = std::get_if<Chat>(&message)) return "chat " + std::string(chat->text);
  if (const auto* unrecognized = std::get_if<Unrecognized>(&message))
    return "unrecognized " + unrecognized->type;
  return "malformed: " + std::get<Malformed>(message).error;
}

struct TextCase {
  const char* what;
  std::string text;
  std::string wanted;
};

void PrintTo(const TextCase& row, std::ostream* out) {
  *out << row.what;
}

constexpr auto not_json = "malformed: The message is not JSON.";
constexpr auto not_an_object = "malformed: The message is not a JSON object.";
constexpr auto no_username = "malformed: A login needs a username.";

class ReadMessage : public testing::TestWithParam<TextCase> {};

TEST_P(ReadMessage, IsWhatTheProtocolSays) {
  EXPECT_EQ(in_words(parse_message(GetParam().text)), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    P2Login, ReadMessage,
    testing::Values(
        TextCase{"plain", R"({"type":"login","username":"ann"})", "login ann"},
        TextCase{"any order of fields", R"({"username":"ann","type":"login"})", "login ann"},
        TextCase{"space around", "\n\t {\"type\" : \"login\" , \"username\" : \"ann\"} \r\n", "login ann"},
        TextCase{"further fields", R"({"type":"login","n":[1,{"x":null}],"username":"ann","z":-1.5e3})",
                 "login ann"},
        TextCase{"escapes", R"({"type":"log\u0069n","username":"\u00e9\ud83c\udf89\n"})", "login é🎉\n"},
        TextCase{"a blank is a name", R"({"type":"login","username":" "})", "login  "},
        TextCase{"of two types the last counts", R"({"type":"chat","type":"login","username":"ann"})",
                 "login ann"},
        TextCase{"of two names the last counts", R"({"type":"login","username":"ann","username":"bob"})",
                 "login bob"},
        TextCase{"a last name of a wrong kind counts too",
                 R"({"type":"login","username":"ann","username":7})", no_username},
        TextCase{"a nested username is none", R"({"type":"login","a":{"username":"ann"}})", no_username},
        TextCase{"a nested username changes none",
                 R"({"type":"login","username":"ann","a":{"username":"bob"}})", "login ann"}));

INSTANTIATE_TEST_SUITE_P(
    P9Username, ReadMessage,
    testing::Values(TextCase{"missing", R"({"type":"login"})", no_username},
                    TextCase{"empty", R"({"type":"login","username":""})", no_username},
                    TextCase{"null", R"({"type":"login","username":null})", no_username},
                    TextCase{"a number", R"({"type":"login","username":5})", no_username},
                    TextCase{"a boolean", R"({"type":"login","username":true})", no_username},
                    TextCase{"a list", R"({"type":"login","username":["ann"]})", no_username},
                    TextCase{"an object", R"({"type":"login","username":{"username":"ann"}})", no_username}));

INSTANTIATE_TEST_SUITE_P(
    P3P4DisconnectAndChat, ReadMessage,
    testing::Values(
        TextCase{"disconnect", R"({"type":"disconnect","username":"ann"})", "disconnect"},
        TextCase{"disconnect without a username", R"({"type":"disconnect"})", "disconnect"},
        TextCase{"a chat in the sender's own bytes", R"( {"type" :"chat","text":"\u0041","n":1.0} )",
                 R"(chat  {"type" :"chat","text":"\u0041","n":1.0} )"},
        TextCase{"an empty chat", R"({"type":"chat","text":""})", R"(chat {"type":"chat","text":""})"},
        TextCase{"a chat without a text", R"({"type":"chat"})", R"(chat {"type":"chat"})"},
        TextCase{"a nested type changes nothing", R"({"type":"chat","a":{"type":"login"}})",
                 R"(chat {"type":"chat","a":{"type":"login"}})"}));

INSTANTIATE_TEST_SUITE_P(
    P5Unrecognized, ReadMessage,
    testing::Values(
        TextCase{"another type", R"({"type":"dance"})", "unrecognized dance"},
        TextCase{"no type", R"({})", "unrecognized (nothing)"},
        TextCase{"the type counts exactly", R"({"type":"Login","username":"a"})", "unrecognized Login"},
        TextCase{"a blank more", R"({"type":"chat "})", "unrecognized chat "},
        TextCase{"the hand-out's slip", R"({"type":"message"})", "unrecognized message"},
        TextCase{"an empty type", R"({"type":""})", "unrecognized "},
        TextCase{"null", R"({"type":null})", "unrecognized (null)"},
        TextCase{"a number", R"({"type":-1})", "unrecognized (a number)"},
        TextCase{"a fraction", R"({"type":0.5})", "unrecognized (a number)"},
        TextCase{"a boolean", R"({"type":true})", "unrecognized (a boolean)"},
        TextCase{"a list", R"({"type":["chat"]})", "unrecognized (an array)"},
        TextCase{"an object", R"({"type":{"type":"chat"}})", "unrecognized (an object)"},
        TextCase{"a nested type alone", R"({"a":{"type":"chat"}})", "unrecognized (nothing)"},
        TextCase{"nested in a list", R"({"a":[{"type":"chat"}]})", "unrecognized (nothing)"},
        TextCase{"of two types the last counts", R"({"type":"chat","type":5})", "unrecognized (a number)"}));

INSTANTIATE_TEST_SUITE_P(
    P6Malformed, ReadMessage,
    testing::Values(
        TextCase{"empty", "", not_json}, TextCase{"blank", "  \n", not_json},
        TextCase{"words", "hello", not_json}, TextCase{"cut off", R"({"type":"chat")", not_json},
        TextCase{"two objects", R"({"type":"chat"}{"type":"chat"})", not_json},
        TextCase{"single quotes", "{'type':'chat'}", not_json},
        TextCase{"a comment", R"({"type":"chat"} // hi)", not_json},
        TextCase{"NaN", R"({"type":"chat","n":NaN})", not_json},
        TextCase{"half a surrogate", R"({"type":"chat","text":"\ud83c"})", not_json},
        TextCase{"a bare newline in a string", "{\"type\":\"chat\",\"text\":\"\n\"}", not_json},
        TextCase{"a NUL byte", std::string("{\"type\":\"chat\"}\0", 16), not_json},
        TextCase{"text behind a NUL byte", std::string("{\"type\":\"chat\"}\0 more", 21), not_json},
        TextCase{"a byte order mark", "\xEF\xBB\xBF{\"type\":\"chat\"}", not_json},
        TextCase{"invalid UTF-8 in a value", "{\"type\":\"chat\",\"text\":\"\xC3\x28\"}", not_json},
        TextCase{"invalid UTF-8 in a key", "{\"\xFF\":1,\"type\":\"chat\"}", not_json},
        TextCase{"an array", "[]", not_an_object}, TextCase{"a number", "42", not_an_object},
        TextCase{"a string", R"("chat")", not_an_object}, TextCase{"null", "null", not_an_object},
        TextCase{"false", "false", not_an_object},
        TextCase{"a list of a chat", R"([{"type":"chat"}])", not_an_object},
        TextCase{"a list that spells a field", R"(["type","chat"])", not_an_object}));

TEST(ReadMessage, SaysWhatIsWrongWithAUsername) {
  const auto details_of = [](std::string_view text) {
    return std::get<Malformed>(parse_message(text)).details;
  };
  EXPECT_EQ(details_of(R"({"type":"login"})"),
            R"("username" must be a string that is not empty; it is nothing.)");
  EXPECT_EQ(details_of(R"({"type":"login","username":""})"),
            R"("username" must be a string that is not empty; it is empty.)");
  EXPECT_EQ(details_of(R"({"type":"login","username":7})"),
            R"("username" must be a string that is not empty; it is a number.)");
}

TEST(ReadMessage, SaysWhereJsonBreaksInPlainWords) {
  const auto details = std::get<Malformed>(parse_message("{\"type\":\n oops}")).details;
  EXPECT_TRUE(details.starts_with("parse error at line 2")) << details;
}

TEST(ReadMessage, SurvivesDeepNesting) {
  constexpr std::size_t levels = 100'000;
  const std::string open(levels, '['), closed(levels, ']');
  const auto chat = R"({"type":"chat","text":)" + open + closed + "}";
  EXPECT_EQ(in_words(parse_message(chat)), "chat " + chat);
  EXPECT_EQ(in_words(parse_message(open + closed)), not_an_object);
  EXPECT_EQ(in_words(parse_message(open)), not_json);
  std::string objects;
  for (std::size_t i = 0; i < levels; ++i) objects += R"({"type":)";
  EXPECT_EQ(in_words(parse_message(objects + "1" + std::string(levels, '}'))), "unrecognized (an object)");
}

TEST(ReadMessage, RepeatsOnlyTheBeginningOfALongForeignText) {
  const std::string endless(100'000, 'x');
  const auto type = std::get<Unrecognized>(parse_message(R"({"type":")" + endless + "\"}")).type;
  EXPECT_EQ(type, endless.substr(0, limits::quoted_bytes));
  const auto details = std::get<Malformed>(parse_message("{\"" + endless)).details;
  EXPECT_LE(details.size(), limits::quoted_bytes);
  EXPECT_FALSE(details.empty());
}

TEST(ReadMessage, KeepsALongUsernameWhole) {
  const std::string name(10'000, 'n');
  EXPECT_EQ(in_words(parse_message(R"({"type":"login","username":")" + name + "\"}")), "login " + name);
}

TEST(ReadMessage, TakesAChatWithoutCopyingIt) {
  const std::string text = R"({"type":"chat","text":"x"})";
  EXPECT_EQ(std::get<Chat>(parse_message(text)).text.data(), text.data());
}

}  // namespace
}  // namespace chatlab::server
