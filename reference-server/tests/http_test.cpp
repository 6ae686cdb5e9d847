// HTTP on the chat's port, up to the upgrade.
#include <gtest/gtest.h>

#include "reference-server/limits.hpp"
#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

class HttpTest : public ::testing::Test {
 protected:
  RunningServer server;
  TcpLine line{server.endpoint()};
};

constexpr auto get_page = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr auto get_nothing = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_F(HttpTest, OneConnectionServesTwoRequestsAndThenTheChat) {
  line.write(get_page);
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 200 "));
  line.write(get_nothing);
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 404 "));
  ChatClient ann(std::move(line));
  ann.send(login("ann"));
  EXPECT_EQ(ann.receive_json(), roster("login", {"ann"}));
}

TEST_F(HttpTest, RequestsMayComeTogether) {
  line.write(std::string(get_page) + get_nothing);
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 404 "));
}

TEST_F(HttpTest, HeadAnswerHasNoBody) {
  line.write("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const auto answer = line.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << "a body followed the head";
}

TEST_F(HttpTest, ConnectionEndsWhereTheRequestSaysSo) {
  line.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(line.read_to_end(), "");
}

TEST_F(HttpTest, Http10ConnectionEndsAfterItsAnswer) {
  line.write("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(line.read_to_end().starts_with("HTTP/1.0 200 "));
}

TEST_F(HttpTest, OtherMethodIsAnswered) {
  line.write("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 405 "));
}

TEST_F(HttpTest, RequestWithABodyIsAnsweredBeforeTheConnectionEnds) {
  line.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 405 "));
}

TEST_F(HttpTest, EndlessHeadEndsTheConnection) {
  line.write("GET / HTTP/1.1\r\nX: " + std::string(2 * limits::http_head_bytes, 'x'));
  line.finish_writing();
  EXPECT_EQ(line.read_to_end().find("200"), std::string::npos);
}

TEST_F(HttpTest, WrongWebSocketVersionIsRefusedWithTheRightOne) {
  line.write(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 12\r\n\r\n");
  const auto answer = line.read_until("\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Version: 13"), std::string::npos) << answer;
}

TEST_F(HttpTest, HalfARequestStopsNobodyElse) {
  line.write("GET / HT");
  TcpLine silent(server.endpoint());
  ChatClient ann(server.endpoint());
  ann.send(login("ann"));
  EXPECT_EQ(ann.receive_json(), roster("login", {"ann"}));
  line.write("TP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(line.read_http_answer().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpTest, NonsenseEndsTheConnectionAndNothingElse) {
  line.write("\x16\x03\x01 this is no HTTP\r\n\r\n");
  line.finish_writing();
  EXPECT_EQ(line.read_to_end().find("200"), std::string::npos);
  ChatClient ann(server.endpoint());
  ann.send(login("ann"));
  EXPECT_EQ(ann.receive_json(), roster("login", {"ann"}));
}

}  // namespace
}  // namespace chatlab::server::test
