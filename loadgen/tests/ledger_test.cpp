// A fan-out in virtual time: what a server did to every delivery is known exactly, so every figure is too.
#include "loadgen/ledger.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "loadgen/figures.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr Moment start = 1000s;

/// A server, as its clients see it: broadcast `sequence` of `sender`, for `recipient`, takes that long, or
/// never comes, or comes more than once.
class World {
 public:
  World(std::uint32_t senders, std::uint32_t recipients, std::uint32_t rounds)
      : log(senders, std::size_t{senders} * rounds), ledger(log, recipients), recipients_(recipients) {
    ledger.measure(start, start + 1h, 1s);
    for (std::uint32_t r = 0; r < recipients; ++r) ledger.join(r, start - 1s);
  }

  /// Sends the broadcast when it is due, or `lag` later.
  void send(Tag tag, Moment due, Moment lag = 0s) {
    log.schedule(log.index_of(tag), due);
    log.write(log.index_of(tag), due + lag);
  }
  void deliver_to_all(Tag tag, Moment at) {
    for (std::uint32_t r = 0; r < recipients_; ++r) ledger.deliver(r, tag, at);
  }
  Figures figures() {
    ledger.finish(start + 1h);
    const Ledger* const all[] = {&ledger};
    return tally(log, all, start, start + 1h);
  }

  SendLog log;
  Ledger ledger;

 private:
  std::uint32_t recipients_;
};

TEST(Figures, OfAPerfectServer) {
  World world(2, 3, 50);
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Tag tag{i % 2, i / 2};
    const Moment due = start + i * 10ms;
    world.send(tag, due, 100us);
    for (std::uint32_t r = 0; r < 3; ++r) world.ledger.deliver(r, tag, due + 1ms + r * 500us);
  }
  const auto figures = world.figures();
  EXPECT_EQ(figures.broadcasts, 100u);
  EXPECT_EQ(figures.complete, 100u);
  EXPECT_EQ(figures.expected, 300u);
  EXPECT_EQ(figures.lost(), 0u);
  EXPECT_DOUBLE_EQ(figures.reach(), 1);
  EXPECT_DOUBLE_EQ(figures.order_agreement(), 1);
  EXPECT_EQ(figures.first.percentile(50), 1000us);
  EXPECT_EQ(figures.completion.percentile(50), 2000us);
  EXPECT_EQ(figures.spread.percentile(50), 1000us);
  EXPECT_EQ(figures.send_lag.percentile(100), 100us);
  EXPECT_EQ(figures.delivery.percentile(50), 1500us);
  EXPECT_EQ(figures.raw.percentile(50), 1400us);
  EXPECT_EQ(figures.delivery.count(), 300u);
  EXPECT_EQ(figures.counts.duplicates + figures.counts.fifo_breaks + figures.counts.order_breaks, 0u);
}

TEST(Ledger, SaysWhenAllOfItsRecipientsHaveABroadcast) {
  World world(1, 3, 10);
  world.send({0, 0}, start);
  EXPECT_EQ(world.ledger.deliver(0, {0, 0}, start + 1ms), Copy::first);
  EXPECT_EQ(world.ledger.deliver(0, {0, 0}, start + 1ms), Copy::uncounted);
  EXPECT_EQ(world.ledger.deliver(1, {0, 0}, start + 1ms), Copy::first);
  EXPECT_EQ(world.ledger.deliver(2, {0, 0}, start + 1ms), Copy::last);
  EXPECT_EQ(world.ledger.deliver(0, {0, 7}, start + 1ms), Copy::uncounted);  // nobody sent it
}

TEST(Figures, SecondsAreMadeOfTheirParts) {
  Histogram times;
  times.record(5ms);
  std::vector<Interval> parts;
  for (const auto begin : {0ms, 900ms, 1000ms, 3200ms, 3300ms})
    parts.push_back(Interval::of(times, begin, 100ms));
  const auto seconds = by_second(parts);
  ASSERT_EQ(seconds.size(), 3u);
  EXPECT_EQ(seconds[0].begin, 0s);
  EXPECT_EQ(seconds[0].length, 1s);
  EXPECT_EQ(seconds[0].counts[0].second, 2u);
  EXPECT_EQ(seconds[1].begin, 1s);
  EXPECT_EQ(seconds[2].begin, 3s);
  EXPECT_EQ(seconds[2].length, 400ms);  // it ended there
}

TEST(Figures, CountALostDeliveryInCompletionAndDelivery) {
  World world(1, 4, 10);
  for (std::uint32_t i = 0; i < 10; ++i) {
    world.send({0, i}, start + i * 1s);
    for (std::uint32_t r = 0; r < 4; ++r) {
      if (i == 3 && r == 2) continue;
      world.ledger.deliver(r, {0, i}, start + i * 1s + 1500us);
    }
  }
  const auto figures = world.figures();
  EXPECT_EQ(figures.lost(), 1u);
  EXPECT_DOUBLE_EQ(figures.reach(), 39.0 / 40);
  EXPECT_EQ(figures.complete, 9u);
  EXPECT_EQ(figures.completion.percentile(90), 1500us);
  EXPECT_EQ(figures.completion.percentile(91), std::nullopt);
  EXPECT_EQ(figures.delivery.over_range(), 1u);
  EXPECT_EQ(figures.delivery.percentile(100), std::nullopt);
  EXPECT_EQ(figures.completions_us[3], Figures::lost_us);
  EXPECT_EQ(figures.counts.fifo_breaks, 0u);
}

TEST(Figures, ABroadcastThatWasNeverWrittenIsLostToAll) {
  World world(1, 5, 2);
  world.send({0, 0}, start);
  world.deliver_to_all({0, 0}, start + 1ms);
  world.log.schedule(1, start + 1s);
  const auto figures = world.figures();
  EXPECT_EQ(figures.broadcasts, 2u);
  EXPECT_EQ(figures.written, 1u);
  EXPECT_EQ(figures.lost(), 5u);
  EXPECT_EQ(figures.send_lag.over_range(), 1u);
}

TEST(Figures, TellDuplicatesFromLateArrivals) {
  World world(1, 2, 5);
  for (std::uint32_t i = 0; i < 5; ++i) world.send({0, i}, start + i * 1ms);
  for (const std::uint32_t i : {0u, 2u, 1u, 1u, 3u, 4u, 4u, 0u})
    world.ledger.deliver(0, {0, i}, start + 10ms);
  for (std::uint32_t i = 0; i < 5; ++i) world.ledger.deliver(1, {0, i}, start + 10ms);
  const auto figures = world.figures();
  EXPECT_EQ(figures.counts.duplicates, 3u);   // 1, 4 and 0 again
  EXPECT_EQ(figures.counts.fifo_breaks, 1u);  // 1 after 2
  EXPECT_EQ(figures.counts.deliveries, 10u);
  EXPECT_EQ(figures.lost(), 0u);
}

TEST(Figures, SeeRecipientsDisagreeAboutTheOrderOfTwoSenders) {
  World world(2, 10, 2);
  for (const Tag tag : {Tag{0, 0}, Tag{1, 0}, Tag{0, 1}, Tag{1, 1}}) world.send(tag, start + 1ms);
  for (std::uint32_t r = 0; r < 10; ++r) {
    const bool other = r == 7;
    for (const Tag tag :
         {Tag{0, 0}, other ? Tag{1, 1} : Tag{1, 0}, Tag{0, 1}, other ? Tag{1, 0} : Tag{1, 1}}) {
      if (!other) world.ledger.deliver(r, tag, start + 2ms);
    }
    if (other) {
      for (const Tag tag : {Tag{1, 0}, Tag{0, 0}, Tag{0, 1}, Tag{1, 1}})
        world.ledger.deliver(r, tag, start + 2ms);
    }
  }
  const auto figures = world.figures();
  EXPECT_EQ(figures.counts.order_breaks, 1u);
  EXPECT_EQ(figures.counts.order_checked, 40u);
  EXPECT_DOUBLE_EQ(figures.order_agreement(), 1 - 1.0 / 40);
  EXPECT_EQ(figures.counts.fifo_breaks, 0u);  // each sender's own order was kept
}

// Coordinated omission: the server stands still for a second. Whoever stamps the actual send, and sends late
// because the server is late, sees almost nothing of it.
TEST(Figures, AStallShowsInTheCorrectedFiguresOnly) {
  World world(1, 10, 1000);
  const Moment stall_begin = start + 5s, stall_end = start + 6s;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const Moment due = start + i * 10ms;
    const bool stalled = due >= stall_begin && due < stall_end;
    const Moment written = stalled ? stall_end : due;  // the socket took nothing meanwhile
    world.send({0, i}, due, written - due);
    world.deliver_to_all({0, i}, written + 1ms);
  }
  const auto figures = world.figures();
  EXPECT_EQ(figures.raw.percentile(99.9), 1000us);
  EXPECT_EQ(figures.completion.percentile(90), 1000us);
  // 100 of 1000 were due in the stall, 10 ms apart: the 10 slowest lie between 901 ms and 1001 ms.
  const auto p99 = *figures.completion.percentile(99);
  EXPECT_GE(p99, 901ms);
  EXPECT_LE(p99, 911ms + 1ms);
  EXPECT_GE(*figures.completion.max(), 1001ms);
  EXPECT_LE(*figures.completion.max(), 1001ms * 1.001);
  EXPECT_EQ(figures.send_lag.max(), Histogram::highest_of(Histogram::index_of(1'000'000)));
}

TEST(Figures, WarmUpIsWatchedButNotMeasured) {
  World world(1, 2, 3);
  world.send({0, 0}, start - 500ms);
  world.send({0, 1}, start);
  for (const std::uint32_t i : {0u, 0u, 1u}) world.deliver_to_all({0, i}, start + 1ms);
  const auto figures = world.figures();
  EXPECT_EQ(figures.broadcasts, 1u);
  EXPECT_EQ(figures.counts.deliveries, 2u);
  EXPECT_EQ(figures.counts.duplicates, 0u);
}

TEST(Figures, ExpectNothingOfThoseWhoLeftOrHaveNotComeYet) {
  World world(1, 2, 6);
  for (std::uint32_t i = 0; i < 6; ++i) {
    const Moment due = start + i * 1s;
    world.send({0, i}, due);
    world.ledger.deliver(0, {0, i}, due + 1ms);
    if (i < 2 || i == 5) world.ledger.deliver(1, {0, i}, due + 1ms);
    if (i == 2) world.ledger.leave(1);              // while broadcast 2 is under way: not expected
    if (i == 3) world.ledger.join(1, due + 500ms);  // from 4 on; 4 gets lost
  }
  world.ledger.deliver(1, {0, 3}, start + 10s);  // was sent before it came back
  const auto figures = world.figures();
  EXPECT_EQ(figures.expected, 6u + 4u);
  EXPECT_EQ(figures.lost(), 1u);
  EXPECT_EQ(figures.counts.unasked, 1u);
  EXPECT_EQ(figures.complete, 5u);
}

TEST(Figures, ALeaverIsStillOwedWhatWasOvertaken) {
  World world(1, 1, 3);
  for (std::uint32_t i = 0; i < 3; ++i) world.send({0, i}, start + i * 1ms);
  world.ledger.deliver(0, {0, 0}, start + 5ms);
  world.ledger.deliver(0, {0, 2}, start + 5ms);
  world.ledger.leave(0);
  const auto figures = world.figures();
  EXPECT_EQ(figures.expected, 3u);
  EXPECT_EQ(figures.lost(), 1u);
}

TEST(Figures, TagsThatWereNeverSentAreImpossible) {
  World world(2, 1, 2);
  world.send({0, 0}, start);
  world.ledger.deliver(0, {1, 0}, start + 1ms);
  world.ledger.deliver(0, {0, 12345}, start + 1ms);
  EXPECT_EQ(world.figures().counts.impossible, 2u);
}

TEST(Figures, PutTheRecipientsOfSeveralThreadsTogether) {
  SendLog log(1, 1);
  Ledger left(log, 1), right(log, 1);
  for (auto* ledger : {&left, &right}) {
    ledger->measure(start, start + 1h, 1s);
    ledger->join(0, start - 1s);
  }
  log.schedule(0, start + 1s);
  log.write(0, start + 1s);
  left.deliver(0, {0, 0}, start + 1s + 2ms);
  right.deliver(0, {0, 0}, start + 1s + 7ms);
  left.finish(start + 1h);
  right.finish(start + 1h);
  const Ledger* const all[] = {&left, &right};
  const auto figures = tally(log, all, start, start + 1h);
  EXPECT_EQ(figures.completion.max(), Histogram::highest_of(Histogram::index_of(7000)));
  EXPECT_EQ(figures.first.percentile(50), 2000us);
  EXPECT_EQ(figures.expected, 2u);
  ASSERT_EQ(figures.intervals.size(), 1u);
  EXPECT_EQ(figures.intervals[0].begin, 1s);
}

/// One of two processes, with what the other has told it.
class OneOfTwo : public Ensemble {
 public:
  OneOfTwo(std::uint32_t rank, std::vector<Reception> other) : rank_(rank), other_(std::move(other)) {}
  std::uint32_t rank() const override { return rank_; }
  std::uint32_t size() const override { return 2; }
  void put_together(std::vector<Reception>& receptions) override {
    ASSERT_EQ(receptions.size(), other_.size());
    for (std::size_t i = 0; i < receptions.size(); ++i) {
      auto& [first_ns, last_ns, received, expected] = receptions[i];
      first_ns = received == 0             ? other_[i].first_ns
                 : other_[i].received == 0 ? first_ns
                                           : std::min(first_ns, other_[i].first_ns);
      last_ns = std::max(last_ns, other_[i].last_ns);
      received += other_[i].received;
      expected += other_[i].expected;
    }
  }

 private:
  std::uint32_t rank_;
  std::vector<Reception> other_;
};

TEST(Figures, OfTwoProcessesAddUpToThoseOfOne) {
  constexpr std::uint32_t senders = 2, rounds = 20, recipients = 2;
  SendLog logs[] = {{senders, senders * rounds}, {senders, senders * rounds}};
  Ledger ledgers[] = {{logs[0], recipients}, {logs[1], recipients}};
  SendLog whole_log(senders, senders * rounds);
  Ledger whole(whole_log, 2 * recipients);
  for (auto* ledger : {&ledgers[0], &ledgers[1], &whole}) ledger->measure(start, start + 1h, 1s);
  for (std::uint32_t r = 0; r < 2 * recipients; ++r) {
    whole.join(r, start - 1s);
    ledgers[r % 2].join(r / 2, start - 1s);
  }
  for (std::uint32_t i = 0; i < senders * rounds; ++i) {
    const Tag tag{i % senders, i / senders};
    const Moment due = start + i * 10ms;
    for (auto* log : {&logs[0], &logs[1], &whole_log}) {
      log->schedule(log->index_of(tag), due);
      log->write(log->index_of(tag), due);
    }
    for (std::uint32_t r = 0; r < 2 * recipients; ++r) {
      if (i == 7 && r == 3) continue;  // lost: another process's sender's, for one of this one's recipients
      const auto at = due + 1ms + r * (1 + i % 3) * 1ms;
      whole.deliver(r, tag, at);
      ledgers[r % 2].deliver(r / 2, tag, at);
    }
  }
  std::vector<Reception> received[2];
  for (const int rank : {0, 1}) {
    ledgers[rank].finish(start + 1h);
    for (std::size_t i = 0; i < logs[rank].size(); ++i) {
      received[rank].push_back(ledgers[rank].reception(i));
      received[rank].back().expected = recipients;
    }
  }
  whole.finish(start + 1h);
  Figures sum;
  for (const std::uint32_t rank : {0u, 1u}) {
    OneOfTwo ensemble(rank, received[1 - rank]);
    const Ledger* const own[] = {&ledgers[rank]};
    sum.add(tally(logs[rank], own, start, start + 1h, ensemble));
  }
  const Ledger* const all[] = {&whole};
  const auto one = tally(whole_log, all, start, start + 1h);
  EXPECT_EQ(sum.broadcasts, one.broadcasts);
  EXPECT_EQ(sum.complete, one.complete);
  EXPECT_EQ(sum.complete, senders * rounds - 1);
  EXPECT_EQ(sum.expected, one.expected);
  EXPECT_EQ(sum.lost(), 1u);
  EXPECT_EQ(sum.counts.deliveries, one.counts.deliveries);
  for (const double percent : {1.0, 50.0, 97.0}) {
    EXPECT_EQ(sum.completion.percentile(percent), one.completion.percentile(percent));
    EXPECT_EQ(sum.first.percentile(percent), one.first.percentile(percent));
    EXPECT_EQ(sum.spread.percentile(percent), one.spread.percentile(percent));
    EXPECT_EQ(sum.delivery.percentile(percent), one.delivery.percentile(percent));
  }
  EXPECT_EQ(sum.completion.over_range(), 1u);
  EXPECT_EQ(sum.delivery.over_range(), 1u);
}

TEST(Figures, CountButDoNotTimeWhatComesFromAnotherHost) {
  World world(2, 1, 2);
  world.log.set_far(1);
  for (const std::uint32_t sender : {0u, 1u}) {
    world.send({sender, 0}, start);
    world.ledger.deliver(0, {sender, 0}, start + 5ms);
  }
  const auto figures = world.figures();
  EXPECT_EQ(figures.counts.deliveries, 2u);
  EXPECT_EQ(figures.lost(), 0u);
  EXPECT_EQ(figures.delivery.count(), 1u);
}

TEST(Figures, FindTheLastSendOfASenderThatIsFarAheadOfTheOthers) {
  World world(3, 1, 100);
  world.send({1, 0}, start);
  for (std::uint32_t i = 0; i < 50; ++i) {
    world.send({2, i}, start + i * 1ms);
    world.ledger.deliver(0, {2, i}, start + 1s);
  }
  EXPECT_EQ(world.figures().broadcasts, 51u);
  EXPECT_EQ(world.figures().counts.deliveries, 50u);
}

TEST(Figures, HaveASeriesBySecond) {
  World world(1, 1, 4);
  for (const int second : {0, 0, 1, 3}) {
    static std::uint32_t i = 0;
    world.send({0, i}, start + second * 1s);
    world.ledger.deliver(0, {0, i++}, start + second * 1s + 500ms);
  }
  const auto figures = world.figures();
  ASSERT_EQ(figures.intervals.size(), 3u);
  EXPECT_EQ(figures.intervals[0].counts[0].second, 2u);
  EXPECT_EQ(figures.intervals[2].begin, 3s);
}

}  // namespace
}  // namespace chatlab::loadgen
