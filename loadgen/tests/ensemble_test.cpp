// What one of two processes makes of what the other has told it.
#include "loadgen/ensemble.hpp"

#include <gtest/gtest.h>

#include "loadgen/figures.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr Moment opening = 1000s;

/// The second of two ranks; the first is on another host, and sends what sender 0 sends.
class Second : public Ensemble {
 public:
  std::uint32_t rank() const override { return 1; }
  std::uint32_t size() const override { return 2; }
  bool is_far(std::uint32_t rank) const override { return rank == 0; }
  std::optional<std::string> broken() const override { return why_broken; }
  std::vector<std::uint32_t> agree(std::vector<std::uint32_t> mine) override {
    return order_at_first.empty() ? mine : order_at_first;
  }
  std::optional<std::chrono::nanoseconds> clock_error() const override { return error; }
  void exchange(std::vector<Sent>& sends) override {
    for (std::size_t i = 0; i < sends.size(); ++i) {
      if (sends[i].intended == never) sends[i] = sent_by_first.at(i);
    }
  }

  std::optional<std::string> why_broken;
  std::vector<std::uint32_t> order_at_first;
  std::optional<std::chrono::nanoseconds> error;
  std::vector<Sent> sent_by_first{4};
};

/// Senders 0 (of the first rank) and 1 send twice each; the second rank has two recipients.
class Share {
 public:
  Share() {
    log.set_far(0);
    ledger.measure(opening, opening + 10s, 1s);
    ledger.keep_far_arrivals();
    for (const std::uint32_t recipient : {0u, 1u}) ledger.join(recipient, opening - 1s);
    for (std::size_t i = 0; i < log.size(); ++i) {
      log.schedule(i, due(i));
      log.write(i, due(i));
      second.sent_by_first[i] = log.sent(i);
    }
  }

  static Moment due(std::size_t i) { return opening + i * 100ms; }
  void deliver(std::size_t i, Moment at) {
    for (const std::uint32_t recipient : {0u, 1u}) ledger.deliver(recipient, log.tag_of(i), at);
  }
  Figures figures() {
    ledger.finish(opening + 10s);
    const Ledger* const all[] = {&ledger};
    return tally(log, all, opening, opening + 10s, second);
  }

  SendLog log{2, 4};
  Ledger ledger{log, 2};
  Second second;
};

TEST(Ensemble, OthersBroadcastsAreExpectedWhereTheySayThatTheySentThem) {
  Share share;
  for (const std::size_t i : {0u, 1u, 3u}) share.deliver(i, Share::due(i) + 5ms);
  const auto figures = share.figures();
  EXPECT_EQ(figures.lost(), 2u);
  EXPECT_EQ(figures.broadcasts, 2u) << "its own senders'";

  Share interrupted;  // the first one, before the last was due
  for (const std::size_t i : {0u, 1u, 3u}) interrupted.deliver(i, Share::due(i) + 5ms);
  interrupted.second.sent_by_first[2] = {};
  const auto fewer = interrupted.figures();
  EXPECT_EQ(fewer.lost(), 0u);
  EXPECT_EQ(fewer.expected, 6u);
}

TEST(Ensemble, WhoIsLeftAloneCountsWhatItKnows) {
  Share share;
  share.second.why_broken = "waited in vain";
  share.deliver(1, Share::due(1) + 5ms);
  share.deliver(2, Share::due(2) + 5ms);  // and 0 and 3 never come: 0 is the other's
  const auto figures = share.figures();
  EXPECT_EQ(figures.counts.deliveries, 4u);
  EXPECT_EQ(figures.expected, 6u);
  EXPECT_EQ(figures.lost(), 2u) << "3 is its own, and is lost";
  EXPECT_EQ(figures.complete, 1u);
}

TEST(Ensemble, BroadcastsComeInOneOrderEverywhere) {
  Share same;
  for (std::size_t i = 0; i < 4; ++i) same.deliver(i, Share::due(i) + 5ms);
  same.second.order_at_first = {11, 12, 13, 14};
  EXPECT_DOUBLE_EQ(same.figures().order_agreement(), 1);

  Share swapped;
  for (std::size_t i = 0; i < 4; ++i) swapped.deliver(i, Share::due(i) + 5ms);
  swapped.second.order_at_first = {11, 13, 12, 0};  // what nobody could rank says nothing
  const auto figures = swapped.figures();
  EXPECT_EQ(figures.counts.order_breaks, 2u) << "one broadcast, at both recipients";
  EXPECT_DOUBLE_EQ(figures.order_agreement(), 1 - 2.0 / 8);
}

TEST(Ensemble, TimesBetweenHostsAreToldWhereClocksWereCompared) {
  Share apart;
  for (std::size_t i = 0; i < 4; ++i) apart.deliver(i, Share::due(i) + 5ms);
  EXPECT_EQ(apart.figures().delivery.count(), 4u) << "those of its own sender";

  Share compared;
  compared.second.error = 10us;
  for (std::size_t i = 0; i < 4; ++i) compared.deliver(i, Share::due(i) + 5ms);
  compared.second.sent_by_first[0] = {Share::due(0) + 2ms, Share::due(0) + 3ms};
  compared.second.sent_by_first[2] = {Share::due(2) + 6ms, Share::due(2) + 7ms};
  const auto figures = compared.figures();
  EXPECT_EQ(figures.delivery.count(), 8u);
  EXPECT_EQ(figures.delivery.under_range(), 2u) << "neither clamped nor dropped";
  EXPECT_EQ(figures.delivery.percentile(50), 3001us) << "3 ms, as its counter has it";
  EXPECT_EQ(figures.shortest_between_hosts, -2ms);
  EXPECT_EQ(figures.intervals.size(), 1u);
  EXPECT_EQ(figures.intervals[0].under_range, 2u);
}

}  // namespace
}  // namespace chatlab::loadgen
