// A client that does not read: given up at the outbox's limit, at nobody else's cost.
#include <gtest/gtest.h>

#include "reference-server/limits.hpp"
#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

constexpr std::size_t chat_bytes = 512 * 1024;
// What the outbox holds, and far more than the kernel takes for a socket that is not read.
constexpr std::size_t most_chats = (limits::outbox_bytes + (64 << 20)) / chat_bytes;

std::string long_chat(std::size_t number) {
  return chat(std::to_string(number) + " " + std::string(chat_bytes, 'x'));
}

/// One message, or the roster that says that the slow client is gone and then that message.
void receive_chat(ChatClient& client, const std::string& wanted, int& announcements) {
  auto received = client.receive();
  if (received.size() < chat_bytes) {
    ASSERT_EQ(nlohmann::json::parse(received), roster("disconnect", {"ann", "bob"}));
    ++announcements;
    received = client.receive();
  }
  ASSERT_TRUE(received == wanted) << "not the chat that was sent but " << received.substr(0, 80);
}

TEST(SlowClient, IsDroppedWhileOthersMissNothing) {
  RunningServer server;
  ChatClient ann(server.endpoint()), bob(server.endpoint());
  ChatClient slow(server.endpoint(), 64 * 1024);
  for (auto* client : {&ann, &bob, &slow}) {
    client->send(login(client == &ann ? "ann" : client == &bob ? "bob" : "slow"));
    client->receive();
  }
  bob.receive();
  ann.receive();
  ann.receive();

  int ann_heard = 0, bob_heard = 0;
  for (std::size_t number = 0; number < most_chats && !(ann_heard && bob_heard); ++number) {
    const auto text = long_chat(number);
    ann.send(text);
    ASSERT_NO_FATAL_FAILURE(receive_chat(ann, text, ann_heard));
    ASSERT_NO_FATAL_FAILURE(receive_chat(bob, text, bob_heard));
  }
  EXPECT_EQ(ann_heard, 1) << "the slow client was not given up";
  EXPECT_EQ(bob_heard, 1);
  slow.line().read_to_end();  // the end, as the slow client sees it; throws where there is none
  for (auto* client : {&ann, &bob}) client->line().close();
  EXPECT_TRUE(server.log_after_stop().ends_with(" was closed with 1013: it did not take its messages\n"));
}

TEST(SlowClient, ThatCatchesUpInTimeMissesNothing) {
  RunningServer server;
  ChatClient ann(server.endpoint());
  ChatClient slow(server.endpoint(), 64 * 1024);
  ann.send(login("ann"));
  ann.receive();
  slow.send(login("slow"));
  slow.receive();
  ann.receive();
  constexpr std::size_t count = limits::outbox_bytes / chat_bytes / 2;
  for (std::size_t number = 0; number < count; ++number) {
    ann.send(long_chat(number));
    ASSERT_TRUE(ann.receive() == long_chat(number));
  }
  for (std::size_t number = 0; number < count; ++number) {
    ASSERT_TRUE(slow.receive() == long_chat(number)) << number;
  }
}

// P2's deviation: behind more chats than the kernels take, only the last of many rosters waits.
TEST(SlowClient, MissesOutdatedRostersOnlyWhereRostersAreCoalesced) {
  constexpr int chats = 20, logins = 50;
  const auto text = chat(std::string(1'000'000, 'x'));
  for (const bool coalesces : {true, false}) {
    auto settings = RunningServer::on_a_free_port();
    settings.coalesce_rosters = coalesces;
    settings.outbox_limit_bytes = 64 << 20;
    RunningServer server(settings);
    ChatClient ann(server.endpoint()), slow(server.endpoint(), 64 * 1024);
    slow.send(login("slow"));
    slow.receive();
    for (int i = 0; i < chats; ++i) ann.send(text);
    for (int i = 0; i < logins; ++i) ann.send(login("ann " + std::to_string(i)));
    ann.send(chat("the end"));
    while (ann.receive() != chat("the end")) continue;  // so the server has taken it all
    for (int i = 0; i < chats; ++i) ASSERT_TRUE(slow.receive() == text) << i;
    for (int i = coalesces ? logins - 1 : 0; i < logins; ++i) {
      EXPECT_EQ(slow.receive_json(), roster("login", {"slow", "ann " + std::to_string(i)}));
    }
    EXPECT_EQ(slow.receive(), chat("the end"));
  }
}

}  // namespace
}  // namespace chatlab::server::test
