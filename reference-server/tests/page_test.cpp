#include "reference-server/page.hpp"

#include <gtest/gtest.h>

namespace chatlab::server {
namespace {

HttpRequest request(http::verb method, std::string_view target) {
  HttpRequest made{method, target, 11};
  made.set(http::field::host, "localhost");
  return made;
}

HttpResponse serve(const HttpRequest& request) {
  return answer_page_request(request, Metrics{});
}

HttpResponse get(std::string_view target) {
  return serve(request(http::verb::get, target));
}

TEST(Page, IsServedAtTheRoot) {
  const auto response = get("/");
  EXPECT_EQ(response.result(), http::status::ok);
  EXPECT_EQ(response[http::field::content_type], "text/html; charset=utf-8");
  EXPECT_NE(response.body().find("<!"), std::string::npos);
  EXPECT_EQ(response[http::field::content_length], std::to_string(response.body().size()));
}

TEST(Page, IsTheSameUnderItsFileNameAndWithAQuery) {
  const auto page = get("/").body();
  for (const auto* target : {"/index.html", "/?room=ws://localhost:8081", "/index.html?", "/?/../x"}) {
    EXPECT_EQ(get(target).result(), http::status::ok) << target;
    EXPECT_EQ(get(target).body(), page) << target;
  }
}

TEST(Page, NamesTheTypesOfItsFiles) {
  const std::pair<const char*, const char*> types[] = {{"/client.js", "text/javascript; charset=utf-8"},
                                                       {"/index.css", "text/css; charset=utf-8"},
                                                       {"/icon.svg", "image/svg+xml"}};
  for (const auto& [target, type] : types) {
    const auto response = get(target);
    EXPECT_EQ(response.result(), http::status::ok) << target;
    EXPECT_EQ(response[http::field::content_type], type) << target;
    EXPECT_EQ(response["X-Content-Type-Options"], "nosniff") << target;
    EXPECT_FALSE(response.body().empty()) << target;
  }
}

TEST(Page, MayLoadItsOwnFilesOnly) {
  const auto response = get("/");
  const std::string policy(response["Content-Security-Policy"]);
  for (const auto* part : {"default-src 'none'", "script-src 'self'",
                           "connect-src 'self' ws: wss:", "base-uri 'none'", "frame-ancestors 'none'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part << " is not in " << policy;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(response["Referrer-Policy"], "no-referrer");
}

TEST(Page, HeadHasTheLengthButNoBody) {
  const auto response = serve(request(http::verb::head, "/"));
  EXPECT_EQ(response.result(), http::status::ok);
  EXPECT_TRUE(response.body().empty());
  EXPECT_EQ(response[http::field::content_length], std::to_string(get("/").body().size()));
}

TEST(Page, IsNotSentAgainToABrowserThatHasIt) {
  const std::string etag(get("/")[http::field::etag]);
  ASSERT_FALSE(etag.empty());
  auto again = request(http::verb::get, "/");
  again.set(http::field::if_none_match, etag);
  const auto response = serve(again);
  EXPECT_EQ(response.result(), http::status::not_modified);
  EXPECT_TRUE(response.body().empty());
  EXPECT_EQ(response.find(http::field::content_length), response.end());
  EXPECT_EQ(response[http::field::etag], etag);
}

TEST(Page, IsSentToABrowserThatHasAnother) {
  auto again = request(http::verb::get, "/");
  again.set(http::field::if_none_match, get("/client.js")[http::field::etag]);
  EXPECT_EQ(serve(again).result(), http::status::ok);
}

class Elsewhere : public testing::TestWithParam<std::string> {};

TEST_P(Elsewhere, IsNotFoundInPlainWords) {
  const auto response = get(GetParam());
  EXPECT_EQ(response.result(), http::status::not_found);
  EXPECT_EQ(response[http::field::content_type], "text/plain; charset=utf-8");
  EXPECT_NE(response.body().find("chat page is at /"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Targets, Elsewhere,
                         testing::Values<std::string>("/nothing", "", "*", "index.html", "?", "//index.html",
                                                      "/index.html/", "/INDEX.HTML", "/../x",
                                                      "/../index.html", "/../../etc/passwd",
                                                      "/%2e%2e/index.html", "/..\\index.html",
                                                      "/./index.html", "http://elsewhere.example/"));

class OtherMethod : public testing::TestWithParam<http::verb> {};

TEST_P(OtherMethod, IsNotAllowed) {
  const auto response = serve(request(GetParam(), "/"));
  EXPECT_EQ(response.result(), http::status::method_not_allowed);
  EXPECT_EQ(response[http::field::allow], "GET, HEAD");
  EXPECT_FALSE(response.body().empty());
}

INSTANTIATE_TEST_SUITE_P(Methods, OtherMethod,
                         testing::Values(http::verb::post, http::verb::put, http::verb::delete_,
                                         http::verb::options, http::verb::trace, http::verb::unknown));

TEST(Page, KeepsTheConnectionAsTheRequestAsks) {
  auto wish = request(http::verb::get, "/");
  EXPECT_TRUE(serve(wish).keep_alive());
  wish.keep_alive(false);
  EXPECT_FALSE(serve(wish).keep_alive());
  HttpRequest old{http::verb::get, "/", 10};
  EXPECT_FALSE(serve(old).keep_alive());
}

}  // namespace
}  // namespace chatlab::server
