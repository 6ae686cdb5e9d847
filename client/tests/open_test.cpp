// How a connection comes about, and what is said where it does not.
#include <gtest/gtest.h>

#include "client/connection.hpp"
#include "client/tests/peer.hpp"

namespace chatlab::client::test {
namespace {

using namespace std::chrono_literals;

class OpenTest : public ::testing::Test {
 protected:
  /// "open", or the failure.
  std::string open(const Url& url, std::chrono::milliseconds within = patience) {
    auto connection = loop.run(Connection::open(url, Clock::now() + within));
    return connection.has_error() ? connection.error().text : "open";
  }

  /// What is said of a server that sends this answer to the request and then ends the connection.
  std::string open_at_a_server_that_answers(const std::string& answer) {
    PeerServer server(loop, [&](Peer& peer) -> asio::awaitable<void> {
      co_await peer.read_head();
      co_await peer.write(answer);
    });
    url_text = server.url().text();
    return open(server.url());
  }

  EventLoop loop;
  std::string url_text;  // of the server last asked
};

TEST_F(OpenTest, AsksForTheUpgradeOnItsPath) {
  std::string head;
  PeerServer server(loop, [&](Peer& peer) -> asio::awaitable<void> {
    head = co_await peer.read_head();
    co_await peer.write(upgrade_answer(head));
    co_await peer.wait_for_end();
  });
  auto url = server.url();
  url.target = "/room?name=a%20b";
  EXPECT_EQ(open(url), "open");
  EXPECT_TRUE(head.starts_with("GET /room?name=a%20b HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("\r\nHost: " + url.host_field() + "\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos) << head;
}

TEST_F(OpenTest, FindsAServerByItsName) {
  PeerServer server(loop, [](Peer& peer) -> asio::awaitable<void> {
    co_await peer.upgrade();
    co_await peer.wait_for_end();
  });
  auto url = server.url();
  url.host = "localhost";
  EXPECT_EQ(open(url), "open");
}

TEST_F(OpenTest, NamesAPortOnWhichNobodyListens) {
  tcp::socket taken(loop.context());  // bound, so that nobody else gets the port, but not listening
  taken.open(tcp::v4());
  taken.bind({asio::ip::address_v4::loopback(), 0});
  const Url url{false, "127.0.0.1", taken.local_endpoint().port(), "/"};
  EXPECT_EQ(open(url), "nothing listens at " + url.text() + ": is the server running, and on that port?");
}

TEST_F(OpenTest, NamesAHostWithoutAnAddress) {
  const auto failure = open(Url{false, "not a host", 8081, "/"});
  EXPECT_TRUE(failure.starts_with("no address for the host 'not a host': ")) << failure;
}

TEST_F(OpenTest, RepeatsTheFirstLineOfARefusal) {
  const auto failure = open_at_a_server_that_answers(
      "HTTP/1.1 404 Not Found\r\nContent-Length: 29\r\n\r\nNo chat here.\nTry elsewhere.\n");
  EXPECT_EQ(
      failure,
      url_text + " answered HTTP 404 Not Found where a WebSocket upgrade (101) was wanted: No chat here.");
}

TEST_F(OpenTest, CutsALongRefusal) {
  const auto failure = open_at_a_server_that_answers("HTTP/1.1 500 Oops\r\nContent-Length: 5000\r\n\r\n" +
                                                     std::string(5000, 'x'));
  EXPECT_TRUE(failure.ends_with("wanted: " + std::string(200, 'x'))) << failure;
}

TEST_F(OpenTest, NamesAWebPageWhereAChatWasWanted) {
  const auto failure = open_at_a_server_that_answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(failure, url_text + " answered HTTP 200 OK where a WebSocket upgrade (101) was wanted");
}

struct WrongAnswer {
  const char* what;
  std::string bytes;
};

void PrintTo(const WrongAnswer& row, std::ostream* out) {
  *out << row.what;
}

class WrongAnswerTest : public OpenTest, public ::testing::WithParamInterface<WrongAnswer> {};

TEST_P(WrongAnswerTest, IsNamedAsSuch) {
  const auto failure = open_at_a_server_that_answers(GetParam().bytes);
  const auto wanted = url_text + " did not answer the WebSocket handshake as RFC 6455 asks: ";
  EXPECT_TRUE(failure.starts_with(wanted)) << failure;
  EXPECT_GT(failure.size(), wanted.size()) << "the reason is missing";
}

INSTANTIATE_TEST_SUITE_P(
    Answers, WrongAnswerTest,
    ::testing::Values(WrongAnswer{"nothing", ""}, WrongAnswer{"no HTTP", "this is no HTTP\r\n\r\n"},
                      WrongAnswer{"half a head", "HTTP/1.1 101 Switching"},
                      WrongAnswer{"the answer to another key",
                                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\n"
                                  "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"}));

TEST_F(OpenTest, WaitsForAnAnswerUntilTheDeadlineOnly) {
  PeerServer server(loop, [](Peer& peer) -> asio::awaitable<void> { co_await peer.wait_for_end(); });
  EXPECT_EQ(open(server.url(), 50ms),
            server.url().text() + " took the connection but did not answer the WebSocket handshake in time");
}

// A server too busy to accept: the kernel drops the requests of further clients while its queue is full.
TEST_F(OpenTest, WaitsToBeAcceptedUntilTheDeadlineOnly) {
  tcp::acceptor busy(loop.context(), tcp::v4());
  busy.bind({asio::ip::address_v4::loopback(), 0});
  busy.listen(0);
  const auto endpoint = busy.local_endpoint();
  std::vector<tcp::socket> queue;
  for (int i = 0; i < 8; ++i) {
    queue.emplace_back(loop.context());
    queue.back().async_connect(endpoint, [](auto) {});
  }
  const Url url{false, "127.0.0.1", endpoint.port(), "/"};
  EXPECT_EQ(open(url, 50ms), url.text() + " did not take the connection in time");
}

}  // namespace
}  // namespace chatlab::client::test
