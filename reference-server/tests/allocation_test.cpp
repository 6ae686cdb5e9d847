// What a delivery takes from the heap: nothing. A program of its own, because it replaces operator new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace {

std::atomic<std::size_t> allocations{0};
thread_local bool is_the_tests_own_thread = false;

}  // namespace

void* operator new(std::size_t size_bytes) {
  if (!is_the_tests_own_thread) ++allocations;
  if (void* memory = std::malloc(size_bytes)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace chatlab::server::test {
namespace {

/// What the server allocates for so many chats, one after another, to so many clients.
double allocations_per_chat(int clients_count) {
  constexpr int chats = 200;
  is_the_tests_own_thread = true;
  RunningServer server;
  std::vector<ChatClient> clients;
  for (int i = 0; i < clients_count; ++i) {
    clients.emplace_back(server.endpoint());
    clients.back().send(login("client " + std::to_string(i)));
    for (auto& client : clients) client.receive();
  }
  const auto before = allocations.load();
  for (int i = 0; i < chats; ++i) {
    clients.front().send(chat("hello"));
    for (auto& client : clients) client.receive();
  }
  return static_cast<double>(allocations - before) / chats;
}

TEST(Allocations, DoNotGrowWithTheNumberOfClients) {
  const double few = allocations_per_chat(5), many = allocations_per_chat(55);
  RecordProperty("per_chat_for_5", std::to_string(few));
  RecordProperty("per_chat_for_55", std::to_string(many));
  EXPECT_LT((many - few) / 50, 0.02) << "allocations per delivery; " << few << " and " << many << " per chat";
  EXPECT_GT(few, 0) << "nothing was counted";
}

}  // namespace
}  // namespace chatlab::server::test
