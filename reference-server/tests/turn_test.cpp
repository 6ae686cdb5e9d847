// How often the server calls the kernel, as it counts itself: what no noise can touch.
#include <gtest/gtest.h>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/metric.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

constexpr int clients_count = 30;

class TurnTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < clients_count; ++i) {
      clients.emplace_back(server.endpoint());
      clients.back().send(login("client " + std::to_string(i)));
      for (auto& client : clients) client.receive();
    }
    deliveries_ = count("chatlab_deliveries_total");
    sends_ = count("chatlab_sends_total");
  }

  void everybody_receives(const std::string& text) {
    for (auto& client : clients) ASSERT_EQ(client.receive(), text);
  }

  double deliveries() { return count("chatlab_deliveries_total") - deliveries_; }

  /// Without those that the questions themselves cost: the answers to both of SetUp's and to deliveries().
  double sends() { return count("chatlab_sends_total") - sends_ - questions_; }

  RunningServer server;
  std::vector<ChatClient> clients;

 private:
  double count(const char* name) { return metric(server.endpoint(), name); }

  double deliveries_ = 0, sends_ = 0;
  static constexpr double questions_ = 2;  // sends_'s own answer is not in sends_
};

TEST_F(TurnTest, AtLightLoadADeliveryIsOneSend) {
  constexpr int chats = 20;
  for (int i = 0; i < chats; ++i) {
    clients[static_cast<std::size_t>(i)].send(chat(std::to_string(i)));
    everybody_receives(chat(std::to_string(i)));
  }
  EXPECT_EQ(deliveries(), chats * clients_count);
  EXPECT_LE(sends(), chats * clients_count);
}

TEST_F(TurnTest, WhatIsReadTogetherLeavesTogether) {
  constexpr int chats = 64;
  std::string all;
  for (int i = 0; i < chats; ++i) all += client_frame(Opcode::text, chat(std::to_string(i)));
  clients.front().line().write(all);
  for (int i = 0; i < chats; ++i) everybody_receives(chat(std::to_string(i)));
  EXPECT_EQ(deliveries(), chats * clients_count);
  EXPECT_GE(deliveries() / sends(), 12) << "frames in each send";
}

}  // namespace
}  // namespace chatlab::server::test
