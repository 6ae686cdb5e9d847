#include "client/access.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace chatlab::client::test {
namespace {

std::string read_header(const std::string& text) {
  const auto header = parse_header(text);
  return header.has_error() ? "refused" : header->first + "=" + header->second;
}

TEST(Header, IsANameAndAValue) {
  EXPECT_EQ(read_header("Cookie: a=b; c"), "Cookie=a=b; c");
  EXPECT_EQ(read_header("X-Empty:"), "X-Empty=");
  EXPECT_EQ(read_header("X-Time:12:30"), "X-Time=12:30");
  EXPECT_EQ(read_header("Sec-WebSocket-Protocol: chat"), "Sec-WebSocket-Protocol=chat");
}

TEST(Header, CannotSmuggleAnotherOne) {
  EXPECT_EQ(read_header("X: a\r\nEvil: b"), "refused");
  EXPECT_EQ(read_header("X\r\n: a"), "refused");
  EXPECT_EQ(read_header("X-é: a"), "refused");
  EXPECT_EQ(read_header(": a"), "refused");
  EXPECT_EQ(read_header("no colon"), "refused");
}

TEST(Header, OfTheHandshakeCannotBeGiven) {
  for (const char* text : {"host: x", "Upgrade: h2c", "Connection: close", "Sec-WebSocket-Key: x",
                           "sec-websocket-version: 12", "Content-Length: 5"}) {
    EXPECT_EQ(read_header(text), "refused") << text;
  }
}

TEST(Authorities, ThatCannotBeReadAreNamedWithTheReason) {
  const auto missing = trust_authorities("/nowhere/ca.pem");
  ASSERT_TRUE(missing.has_error());
  EXPECT_NE(missing.error().text.find("'/nowhere/ca.pem'"), std::string::npos) << missing.error().text;

  const auto path = ::testing::TempDir() + "chatlab-no-certificate-" + std::to_string(::getpid());
  std::ofstream(path) << "hello\n";
  EXPECT_TRUE(trust_authorities(path).has_error());
  std::remove(path.c_str());
}

}  // namespace
}  // namespace chatlab::client::test
