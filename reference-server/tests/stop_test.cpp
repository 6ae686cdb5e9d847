// How the server goes away.
#include <gtest/gtest.h>

#include <csignal>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

TEST(Stop, ClosesEverybodyWith1001) {
  RunningServer server;
  ChatClient ann(server.endpoint()), bob(server.endpoint()), stranger(server.endpoint());
  ann.send(login("ann"));
  ann.receive();
  bob.send(login("bob"));
  bob.receive();
  ann.receive();
  server.stop();
  for (auto* client : {&ann, &bob, &stranger}) {
    EXPECT_EQ(client->receive_close(), 1001);
    client->send_close();
    EXPECT_EQ(client->line().read_to_end(), "") << "nothing may follow a close frame";
    client->line().close();
  }
  EXPECT_EQ(server.log_after_stop(), "");
}

// RFC 6455, 5.5.1: a server that has said close says nothing else, though its clients may go on talking.
TEST(Stop, SendsNothingAfterItsClose) {
  RunningServer server;
  ChatClient ann(server.endpoint()), bob(server.endpoint());
  ann.send(login("ann"));
  ann.receive();
  bob.send(login("bob"));
  bob.receive();
  ann.receive();
  server.stop();
  EXPECT_EQ(ann.receive_close(), 1001);
  EXPECT_EQ(bob.receive_close(), 1001);
  ann.send(chat("one more"));
  ann.send_close();
  EXPECT_EQ(ann.line().read_to_end(), "");
  bob.send_close();
  EXPECT_EQ(bob.line().read_to_end(), "");
}

// More waits than the kernels take.
TEST(Stop, SendsWhatWaitsBeforeItsClose) {
  auto settings = RunningServer::on_a_free_port();
  settings.outbox_limit_bytes = 64 << 20;
  settings.drain_timeout = std::chrono::seconds(60);
  RunningServer server(settings);
  ChatClient ann(server.endpoint()), slow(server.endpoint(), 64 * 1024);
  slow.send(login("slow"));
  slow.receive();
  const auto text = chat(std::string(1'000'000, 'x'));
  constexpr int count = 20;
  for (int i = 0; i < count; ++i) ann.send(text);
  ann.send("nonsense");  // when it is answered, the chats have been taken
  ann.receive();
  server.stop();
  for (int i = 0; i < count; ++i) ASSERT_TRUE(slow.receive() == text) << i;
  EXPECT_EQ(slow.receive_close(), 1001);
}

TEST(Stop, EndsConnectionsThatHaveNotUpgraded) {
  RunningServer server;
  TcpLine silent(server.endpoint()), halfway(server.endpoint());
  halfway.write("GET / HT");
  ChatClient ann(server.endpoint());  // accepted after the others, so they are known to the server
  server.stop();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(halfway.read_to_end(), "");
}

TEST(Stop, DoesNotWaitForAClientThatNeverAnswers) {
  RunningServer server;
  ChatClient deaf(server.endpoint());
  server.stop();
  EXPECT_EQ(server.log_after_stop(), "");  // run() has returned, within the patience of RunningServer
  EXPECT_EQ(deaf.receive_close(), 1001);
}

TEST(Stop, MayBeAskedMoreThanOnce) {
  RunningServer server;
  for (int i = 0; i < 3; ++i) server.stop();
  EXPECT_EQ(server.log_after_stop(), "");
}

TEST(Stop, FreesThePort) {
  auto first = std::make_unique<RunningServer>();
  ChatClient ann(first->endpoint());
  const auto port = first->endpoint().port();
  ann.send_close();
  ann.receive_close();
  ann.line().close();
  first.reset();
  spdlog::logger log("not read");
  Server second({"", port}, log);
  const auto listening = second.listen();
  EXPECT_TRUE(listening.has_value()) << listening.error().text;
}

TEST(Stop, RefusesNewConnectionsAfterwards) {
  RunningServer server;
  server.log_after_stop();
  EXPECT_THROW(TcpLine{server.endpoint()}, std::runtime_error);
}

class StopOnSignal : public ::testing::TestWithParam<int> {};

TEST_P(StopOnSignal, ClosesWith1001) {
  RunningServer server(RunningServer::stops_on_signals);
  ChatClient ann(server.endpoint());
  ASSERT_EQ(std::raise(GetParam()), 0);
  EXPECT_EQ(ann.receive_close(), 1001);
  ann.send_close();
  ann.line().close();
  EXPECT_EQ(server.log_after_stop(), "");
}

INSTANTIATE_TEST_SUITE_P(Signals, StopOnSignal, ::testing::Values(SIGINT, SIGTERM));

}  // namespace
}  // namespace chatlab::server::test
