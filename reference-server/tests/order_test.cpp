// P11 over several threads: everybody sees one order, and every roster is the state at its place in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

constexpr int actors_count = 6, observers_count = 4, rounds = 15, chats_a_round = 5;
const std::string the_end = "the end";

std::string observer_name(int number) {
  return "observer " + std::to_string(number);
}

/// Comes, says something, and goes, in one of three ways, again and again.
void act(const tcp::endpoint& server, int number) {
  const auto name = "actor " + std::to_string(number);
  for (int round = 0; round < rounds; ++round) {
    ChatClient client(server);
    client.send(login(name));
    for (int i = 0; i < chats_a_round; ++i) {
      client.send(chat(name + " " + std::to_string(round * chats_a_round + i)));
    }
    client.send(login(name + " again"));
    // Its own chats have come back: so whatever comes now, they were said.
    for (int heard = 0; heard < chats_a_round;) {
      const auto message = client.receive_json();
      heard += message["type"] == "chat" && std::string(message["text"]).starts_with(name + " ");
    }
    if (round % 3 == 0) client.send(R"({"type":"disconnect"})");
    if (round % 3 == 1) client.line().reset();
    if (round % 3 == 2) client.send_close();
  }
}

/// All that an observer hears until the end, in its order.
std::vector<std::string> listen(ChatClient& observer) {
  std::vector<std::string> heard;
  do heard.push_back(observer.receive());
  while (heard.back() != chat(the_end));
  return heard;
}

/// Whoever is in one and not in the other, counting every copy.
std::size_t difference(std::vector<std::string> one, std::vector<std::string> other) {
  std::ranges::sort(one);
  std::ranges::sort(other);
  std::vector<std::string> rest;
  std::ranges::set_symmetric_difference(one, other, std::back_inserter(rest));
  return rest.size();
}

void expect_chats_once_and_in_order(const std::vector<std::string>& heard) {
  std::map<std::string, std::vector<int>> numbers;
  for (const auto& text : heard) {
    const auto message = nlohmann::json::parse(text);
    if (message["type"] != "chat" || message["text"] == the_end) continue;
    const std::string words = message["text"];
    const auto blank = words.rfind(' ');
    numbers[words.substr(0, blank)].push_back(std::stoi(words.substr(blank)));
  }
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(actors_count));
  for (const auto& [name, said] : numbers) {
    std::vector<int> wanted(rounds * chats_a_round);
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<int>(i);
    EXPECT_EQ(said, wanted) << name;
  }
}

void expect_rosters_to_change_by_one(const std::vector<std::string>& heard, std::vector<std::string> users) {
  for (const auto& text : heard) {
    const auto message = nlohmann::json::parse(text);
    if (message["type"] == "chat") continue;
    const std::vector<std::string> now = message["users"];
    const bool is_login = message["type"] == "login";
    // One more, one fewer, or one with another name.
    const auto changed = difference(users, now);
    EXPECT_TRUE(is_login ? (now.size() == users.size() + 1 && changed == 1) ||
                               (now.size() == users.size() && changed <= 2)
                         : now.size() + 1 == users.size() && changed == 1)
        << text;
    users = now;
  }
}

class OrderTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(OrderTest, P11IsTheSameForEverybody) {
  auto settings = RunningServer::on_a_free_port();
  settings.threads = GetParam();
  RunningServer server(settings);
  std::vector<ChatClient> observers;
  std::vector<std::string> names;
  for (int i = 0; i < observers_count; ++i) {
    names.push_back(observer_name(i));
    observers.emplace_back(server.endpoint());
    observers.back().send(login(names.back()));
    for (auto& observer : observers) observer.receive();
  }
  std::vector<std::vector<std::string>> heard(observers_count);
  std::vector<std::thread> threads;
  for (int i = 1; i < observers_count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    threads.emplace_back([&, at] { heard[at] = listen(observers[at]); });
  }
  std::vector<std::thread> actors;
  for (int i = 0; i < actors_count; ++i) actors.emplace_back([&, i] { act(server.endpoint(), i); });
  for (auto& actor : actors) actor.join();
  while (observers[0].receive_json() != roster("disconnect", names)) continue;  // all actors have gone
  observers[0].send(chat(the_end));
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 2; i < heard.size(); ++i) EXPECT_TRUE(heard[i] == heard[1]) << "observer " << i;
  expect_chats_once_and_in_order(heard[1]);
  expect_rosters_to_change_by_one(heard[1], names);
}

INSTANTIATE_TEST_SUITE_P(Threads, OrderTest, ::testing::Values(1, 2, 4));

}  // namespace
}  // namespace chatlab::server::test
