// Two sides of a connection, on this host: they show one clock, so the offset is 0.
#include "loadgen/clocks.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace chatlab::loadgen {
namespace {

TEST(Clocks, OfOneHostAreTheSameWithinHalfARoundTrip) {
  ClockServer server;
  ClockClient client;
  const auto places = server.places();
  if (places.empty()) GTEST_SKIP() << "no address but loopback";
  ASSERT_TRUE(client.connect("127.0.0.1:1 " + places)) << "a place where nobody listens is passed over";
  std::atomic<bool> has_asked{false};
  std::thread answering([&] {
    while (!has_asked) server.answer();
  });
  EXPECT_TRUE(client.ask());
  EXPECT_TRUE(client.ask());
  client.ask_now_and_then();  // it just did
  has_asked = true;
  answering.join();
  ASSERT_EQ(client.readings().size(), 2u);
  const auto line = line_through(client.readings());
  EXPECT_LE(std::chrono::abs(line.offset), line.error);
}

TEST(Clocks, NobodyIsWaitedForWhoDoesNotAnswer) {
  ClockServer server;
  ClockClient client;
  EXPECT_FALSE(client.ask()) << "not connected";
  EXPECT_FALSE(client.connect(""));
  EXPECT_FALSE(client.connect("127.0.0.1:1"));
  const auto places = server.places();
  if (places.empty()) GTEST_SKIP() << "no address but loopback";
  ASSERT_TRUE(client.connect(places));
  EXPECT_FALSE(client.ask()) << "connected, but not answered";
  EXPECT_TRUE(client.readings().empty());
  EXPECT_TRUE(server.answer());
}

}  // namespace
}  // namespace chatlab::loadgen
