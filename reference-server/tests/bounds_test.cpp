// Every bound that can be set, met over real sockets, while somebody else goes on undisturbed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/metric.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

using namespace std::chrono_literals;

Settings with(const std::function<void(Settings&)>& change) {
  auto settings = RunningServer::on_a_free_port();
  change(settings);
  return settings;
}

std::string upgrade_request(std::string_view further_fields = "") {
  return fmt::format(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{}\r\n",
      further_fields);
}

void expect_served(ChatClient& client) {
  client.send(chat("still here"));
  EXPECT_EQ(client.receive(), chat("still here"));
}

TEST(Bounds, LongestMessageCanBeSet) {
  RunningServer server(with([](Settings& settings) { settings.message_limit_bytes = 100; }));
  ChatClient ann(server.endpoint()), bob(server.endpoint());
  ann.send(login("ann"));
  ann.receive();
  bob.send(std::string(101, ' '));
  EXPECT_EQ(bob.receive_close(), 1009);
  expect_served(ann);
}

TEST(Bounds, LongestUsernameCanBeSet) {
  RunningServer server(with([](Settings& settings) { settings.username_limit_bytes = 3; }));
  ChatClient ann(server.endpoint());
  ann.send(login("anna"));
  EXPECT_EQ(ann.receive_json()["error"], "The username is too long.");
  ann.send(login("ann"));
  EXPECT_EQ(ann.receive_json(), roster("login", {"ann"}));
}

// The client's kernel takes some megabytes; what the outbox holds comes on top, and then it is over.
TEST(Bounds, OutboxCanBeSetAndEndsWith1013) {
  RunningServer server(with([](Settings& settings) {
    settings.outbox_limit_bytes = 100'000;
    settings.drain_timeout = 60s;
  }));
  ChatClient ann(server.endpoint()), slow(server.endpoint(), 64 * 1024);
  slow.send(login("slow"));
  slow.receive();
  ann.send(login("ann"));
  ann.receive();
  const auto text = chat(std::string(10'000, 'x'));
  std::string heard;
  do {
    ann.send(text);
    heard = ann.receive();
  } while (heard == text);
  EXPECT_EQ(nlohmann::json::parse(heard), roster("disconnect", {"ann"}));
  EXPECT_EQ(ann.receive(), text);
  EXPECT_EQ(metric(server.endpoint(), "chatlab_slow_clients_closed_total"), 1);
  ReceivedFrame last;
  do last = slow.receive_frame();
  while (last.opcode == Opcode::text);
  EXPECT_EQ(last.opcode, Opcode::close);
  EXPECT_EQ(last.payload, "\x03\xF5too much waits to be read");
  expect_served(ann);
}

TEST(Bounds, SilentClientIsPingedAndThenGivenUp) {
  RunningServer server(with([](Settings& settings) { settings.idle_timeout = 400ms; }));
  ChatClient silent(server.endpoint());
  silent.send(login("silent"));
  silent.receive();
  EXPECT_EQ(silent.receive_frame().opcode, Opcode::ping);
  EXPECT_EQ(silent.line().read_to_end(), "");
  EXPECT_NE(server.log_after_stop().find("was given up: nothing came from it"), std::string::npos);
}

TEST(Bounds, ClientThatAnswersPingsStays) {
  RunningServer server(with([](Settings& settings) { settings.idle_timeout = 400ms; }));
  ChatClient quiet(server.endpoint());
  for (int i = 0; i < 5; ++i) {  // five halves of the timeout: past it twice over
    EXPECT_EQ(quiet.receive_frame().opcode, Opcode::ping);
    quiet.line().write(client_frame(Opcode::pong, ""));
  }
  quiet.send(login("quiet"));
  EXPECT_EQ(quiet.receive_json(), roster("login", {"quiet"}));
}

TEST(Bounds, SlowRequestIsCutOff) {
  RunningServer server(with([](Settings& settings) { settings.http_timeout = 200ms; }));
  TcpLine silent(server.endpoint()), slow(server.endpoint()), idle(server.endpoint());
  slow.write("GET / HTTP/1.1\r\nHost: ");
  idle.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(idle.read_http_answer().ends_with("ok\n"));
  for (auto* line : {&silent, &slow, &idle}) EXPECT_EQ(line->read_to_end(), "");
}

TEST(Bounds, AnswersThatNobodyTakesEndTheConnection) {
  RunningServer server(with([](Settings& settings) { settings.outbox_limit_bytes = 10'000; }));
  TcpLine greedy(server.endpoint());
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  greedy.write(requests);
  EXPECT_LT(greedy.read_to_end().size(), 1'000'000U) << "not all of them were answered";
}

TEST(Bounds, FurtherConnectionsGet503UntilOneHasEnded) {
  RunningServer server(with([](Settings& settings) { settings.connection_limit = 2; }));
  ChatClient ann(server.endpoint()), bob(server.endpoint());
  TcpLine third(server.endpoint());
  third.write(upgrade_request());
  EXPECT_TRUE(third.read_to_end().starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(metric(server.endpoint(), "chatlab_connections"), 2) << "and the others are still answered";
  bob.send_close();
  bob.receive_close();
  ChatClient cat(server.endpoint());
  cat.send(login("cat"));
  EXPECT_EQ(cat.receive_json(), roster("login", {"cat"}));
}

TEST(Bounds, PagesOfOtherOriginsMayNotChat) {
  RunningServer server(with([](Settings& settings) { settings.allowed_origins = {"https://good.example"}; }));
  TcpLine good(server.endpoint()), bad(server.endpoint());
  good.write(upgrade_request("Origin: https://good.example\r\n"));
  EXPECT_TRUE(good.read_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  bad.write(upgrade_request("Origin: https://bad.example\r\n"));
  EXPECT_TRUE(bad.read_to_end().starts_with("HTTP/1.1 403 "));
}

TEST(Bounds, ProxyIsBelievedOnlyWhereItIsTrusted) {
  for (const bool is_trusted : {true, false}) {
    RunningServer server(with([&](Settings& settings) {
      settings.trust_proxy = is_trusted;
      settings.idle_timeout = 100ms;
    }));
    TcpLine line(server.endpoint());
    line.write(upgrade_request("X-Forwarded-For: 203.0.113.7\r\n"));
    line.read_to_end();
    EXPECT_EQ(server.log_after_stop().find("203.0.113.7") != std::string::npos, is_trusted);
  }
}

/// No descriptor more than there are, for this whole process, for as long as it lives.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(0);
    close(next);
    auto none = before_;
    none.rlim_cur = static_cast<rlim_t>(next);
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(Bounds, ServerWithoutDescriptorsGoesOnWhenThereAreSome) {
  RunningServer server;
  ChatClient ann(server.endpoint());
  ann.send(login("ann"));
  ann.receive();
  asio::io_context io_context;
  tcp::socket waiting(io_context);
  waiting.open(tcp::v4());  // its descriptor is had before there are no more; the server's end needs another
  {
    const NoMoreDescriptors none;
    waiting.connect(server.endpoint());
    for (int i = 0; i < 50; ++i) expect_served(ann);
  }
  asio::write(waiting, asio::buffer(std::string_view("GET /health HTTP/1.0\r\n\r\n")));
  std::string answer;
  error_code end;
  asio::read(waiting, asio::dynamic_buffer(answer), end);
  EXPECT_TRUE(answer.ends_with("ok\n")) << answer;
  ann.line().close();
  EXPECT_EQ(server.log_after_stop(), "Out of file descriptors: new connections wait until others end\n");
}

TEST(Bounds, ServerTakesAllDescriptorsThatItMayHave) {
  RunningServer server;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

TEST(Operations, HealthAndMetricsAreToldOverHttp) {
  RunningServer server;
  ChatClient ann(server.endpoint()), bob(server.endpoint());
  ann.send(login("ann"));
  ann.receive();
  bob.send(login("bob"));
  bob.receive();
  ann.receive();
  bob.send(chat("hello"));
  ann.receive();
  bob.receive();
  bob.send("nonsense");
  bob.receive();
  EXPECT_EQ(metric(server.endpoint(), "chatlab_connections"), 2);
  EXPECT_EQ(metric(server.endpoint(), "chatlab_logged_in"), 2);
  EXPECT_EQ(metric(server.endpoint(), "chatlab_deliveries_total"), 1 + 2 + 2);
  EXPECT_EQ(metric(server.endpoint(), "chatlab_messages_total{type=\"login\"}"), 2);
  EXPECT_EQ(metric(server.endpoint(), "chatlab_messages_total{type=\"chat\"}"), 1);
  EXPECT_EQ(metric(server.endpoint(), "chatlab_messages_total{type=\"malformed\"}"), 1);
  EXPECT_GT(metric(server.endpoint(), "chatlab_turn_seconds_count"), 0);
}

}  // namespace
}  // namespace chatlab::server::test
