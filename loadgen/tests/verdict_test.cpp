#include "loadgen/verdict.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

Health healthy() {
  Health health;
  health.dispatch_lag.record(50us, 100);
  health.loop.record(200us, 100);
  health.completion_p50 = 10ms;
  health.cpu_share = 0.3;
  health.receive_buffer_messages = 500;
  health.used_capacity = 0.1;
  return health;
}

struct Row {
  const char* what;
  std::function<void(Health&)> change;
  Trust trust;
  const char* reason;
};

TEST(Verdict, JudgesEachFigure) {
  const std::vector<Row> rows = {
      {"sends a little late", [](Health& h) { h.dispatch_lag.record(4ms, 10); }, Trust::suspect,
       "sends went out late by up to (p99) 4.001 ms, against a median completion of 10.000 ms: lower --rate, "
       "add "
       "--threads, or give it a core of its own"},
      {"sends late", [](Health& h) { h.dispatch_lag.record(11ms, 10); }, Trust::invalid,
       "sends went out late"},
      {"long turns", [](Health& h) { h.loop.record(8ms, 10); }, Trust::suspect, "a turn of the event loop"},
      {"endless turns", [](Health& h) { h.loop.record(30ms, 10); }, Trust::invalid,
       "a turn of the event loop"},
      {"unread bytes", [](Health& h) { h.unread_wait_us = 2000; }, Trust::suspect, "bytes lay unread"},
      {"many unread bytes", [](Health& h) { h.unread_wait_us = 7000; }, Trust::invalid, "bytes lay unread"},
      {"busy", [](Health& h) { h.cpu_share = 0.85; }, Trust::suspect, "used 85 % of a core"},
      {"saturated", [](Health& h) { h.cpu_share = 0.99; }, Trust::invalid, "used 99 % of a core"},
      {"waiting", [](Health& h) { h.waiting_share = 0.2; }, Trust::suspect, "waited 20 % of the time"},
      {"starved", [](Health& h) { h.waiting_share = 0.5; }, Trust::invalid, "waited 50 % of the time"},
      {"stolen", [](Health& h) { h.stolen_share = 0.05; }, Trust::suspect, "the host took 5 %"},
      {"robbed", [](Health& h) { h.stolen_share = 0.2; }, Trust::invalid, "the host took 20 %"},
      {"small buffers", [](Health& h) { h.receive_buffer_messages = 10; }, Trust::suspect,
       "holds 10 messages only"},
      {"tiny buffers", [](Health& h) { h.receive_buffer_messages = 3; }, Trust::invalid,
       "raise --receive-buffer"},
      {"near capacity", [](Health& h) { h.used_capacity = 0.7; }, Trust::suspect, "took 70 %"},
      {"beyond capacity", [](Health& h) { h.used_capacity = 1.1; }, Trust::invalid, "took 110 %"},
  };
  for (const auto& row : rows) {
    auto health = healthy();
    row.change(health);
    const auto verdict = judge(health);
    EXPECT_EQ(verdict.trust, row.trust) << row.what;
    ASSERT_EQ(verdict.reasons.size(), 1u) << row.what;
    EXPECT_NE(verdict.reasons[0].find(row.reason), std::string::npos) << verdict.reasons[0];
  }
}

TEST(Verdict, IsValidWhereNothingIsWrong) {
  EXPECT_EQ(judge(healthy()).trust, Trust::valid);
  EXPECT_TRUE(judge(healthy()).reasons.empty());
}

TEST(Verdict, ForgivesLatenessThatNobodyCouldAvoid) {
  auto health = healthy();
  health.completion_p50 = 60us;  // two clients on loopback
  health.loop.clear();
  health.loop.record(50us, 100);
  EXPECT_EQ(judge(health).trust, Trust::valid);
}

TEST(Verdict, DoesNotBlameItselfForAServerThatLosesEverything) {
  auto health = healthy();
  health.completion_p50 = std::nullopt;
  EXPECT_EQ(judge(health).trust, Trust::valid);
}

TEST(Verdict, IsInvalidWhereClocksCannotBeWhatTheyWereFoundToBe) {
  auto health = healthy();
  health.clock_error = 40us;
  health.shortest_between_hosts = -40us;
  EXPECT_EQ(judge(health).trust, Trust::valid);
  health.shortest_between_hosts = -41us;
  EXPECT_EQ(judge(health).trust, Trust::invalid);
  EXPECT_NE(judge(health).reasons.at(0).find("0.041 ms before it was sent"), std::string::npos);
}

TEST(Verdict, HoldsItsLatenessAgainstTheLeastThatIsToldWhereTheMedianIsHidden) {
  auto health = healthy();
  health.completion_p50 = Histogram::hidden;
  health.hidden_below = 5ms;
  EXPECT_EQ(judge(health).trust, Trust::valid);
}

TEST(Verdict, NamesAllReasonsAndTakesTheWorst) {
  auto health = healthy();
  health.cpu_share = 0.85;
  health.stolen_share = 0.5;
  EXPECT_EQ(judge(health).trust, Trust::invalid);
  EXPECT_EQ(judge(health).reasons.size(), 2u);
}

}  // namespace
}  // namespace chatlab::loadgen
