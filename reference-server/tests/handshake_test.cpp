#include "reference-server/handshake.hpp"

#include <gtest/gtest.h>

namespace chatlab::server {
namespace {

HttpRequest good_request() {
  HttpRequest request{http::verb::get, "/room", 11};
  request.set(http::field::host, "localhost");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "Upgrade");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  return request;
}

HttpResponse answer(const HttpRequest& request, std::vector<std::string> origins = {}, bool is_full = false) {
  return answer_upgrade(request, origins, is_full);
}

TEST(Handshake, AnswersTheKeyAsTheRfcDoes) {  // its section 1.3
  const auto response = answer(good_request());
  EXPECT_EQ(response.result_int(), 101U);
  EXPECT_EQ(response[http::field::sec_websocket_accept], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(response[http::field::upgrade], "websocket");
  EXPECT_EQ(response[http::field::connection], "Upgrade");
}

TEST(Handshake, OffersItsVersionWhereAnotherIsWanted) {
  for (const auto* version : {"", "12", "14", "13, 8"}) {
    auto request = good_request();
    request.set(http::field::sec_websocket_version, version);
    const auto response = answer(request);
    EXPECT_EQ(response.result_int(), 426U) << version;
    EXPECT_EQ(response[http::field::sec_websocket_version], "13");
    EXPECT_FALSE(response.keep_alive());
  }
}

TEST(Handshake, WantsAKeyOfSixteenBytes) {
  for (const auto* key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ!==",
                          "dGhlIHNhbXBsZSBub25jZQAA", "dGhlIHNhbXBsZSBub25jZQ==AAAA"}) {
    auto request = good_request();
    request.set(http::field::sec_websocket_key, key);
    EXPECT_EQ(answer(request).result_int(), 400U) << key;
  }
}

TEST(Handshake, WantsAHost) {
  auto request = good_request();
  request.erase(http::field::host);
  EXPECT_EQ(answer(request).result_int(), 400U);
}

TEST(Handshake, TakesPagesOfTheAllowedOriginsOnly) {
  const std::vector<std::string> origins = {"https://chat.example.org", "http://localhost:8081"};
  auto request = good_request();
  EXPECT_EQ(answer(request, origins).result_int(), 101U) << "a program that is no browser sends no origin";
  for (const auto& origin : origins) {
    request.set(http::field::origin, origin);
    EXPECT_EQ(answer(request, origins).result_int(), 101U) << origin;
  }
  for (const auto* origin : {"https://chat.example.org.evil.example", "http://chat.example.org", "null",
                             "https://chat.example.or"}) {
    request.set(http::field::origin, origin);
    EXPECT_EQ(answer(request, origins).result_int(), 403U) << origin;
    EXPECT_EQ(answer(request).result_int(), 101U) << "without a list all may come";
  }
}

TEST(Handshake, RefusesWhereTheServerIsFull) {
  EXPECT_EQ(answer(good_request(), {}, true).result_int(), 503U);
}

}  // namespace
}  // namespace chatlab::server
