#include "loadgen/search.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace chatlab::loadgen {
namespace {

using Server = std::function<Held(double load)>;

Finding search(Range range, const Server& server, std::vector<double>* tried = nullptr) {
  Search search(range);
  int windows = 0;
  while (const auto step = search.next()) {
    EXPECT_GE(step->load, range.least);
    EXPECT_LE(step->load, range.most);
    if (tried) tried->push_back(step->load);
    search.take(server(step->load));
    if (++windows > Search::most_windows + 1) {
      ADD_FAILURE() << "it does not end";
      break;
    }
  }
  return search.finding();
}

Server holds_up_to(double limit) {
  return [limit](double load) { return load <= limit ? Held::yes : Held::no; };
}

TEST(Search, FindsTheLimit) {
  const Range range{50, 1, 100'000, 1.04, false};
  for (const double limit : {1.5, 3.0, 49.0, 50.0, 51.0, 99.0, 437.0, 1000.0, 12'345.0, 99'000.0}) {
    const auto finding = search(range, holds_up_to(limit));
    EXPECT_TRUE(finding.confirmed) << limit;
    EXPECT_LE(finding.load, limit);
    EXPECT_GE(finding.load, limit / 1.05) << limit;
    EXPECT_GT(finding.failed, limit);
    EXPECT_EQ(finding.limit, Finding::Limit::server);
  }
}

TEST(Search, TriesThreeWindowsMore) {
  std::vector<double> tried;
  const auto finding = search({100, 1, 100'000, 1.04, false}, holds_up_to(400), &tried);
  EXPECT_EQ(std::vector<double>(tried.begin(), tried.begin() + 4), (std::vector<double>{100, 200, 400, 800}));
  EXPECT_EQ(std::vector<double>(tried.end() - 3, tried.end()), std::vector<double>(3, finding.load));
}

TEST(Search, StepsDownWhereTheLastWasLuck) {
  // 400 holds once, and not again.
  int lucky = 1;
  const auto finding = search({100, 1, 1e5, 1.04, false}, [&](double load) {
    if (load > 360 && load <= 400) return lucky-- > 0 ? Held::yes : Held::no;
    return load <= 360 ? Held::yes : Held::no;
  });
  EXPECT_TRUE(finding.confirmed);
  EXPECT_LE(finding.load, 360);
  EXPECT_GE(finding.load, 340);
}

TEST(Search, FindsItOnAMachineThatDisturbs) {
  // One window in twelve fails for no reason, one in eight says nothing; near the limit chance decides.
  int close = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    const auto finding = search({50, 1, 1e6, 1.04, false}, [&](double load) {
      if (random() % 8 == 0) return Held::cannot_tell;
      if (random() % 12 == 0) return Held::no;
      if (load > 950 && load < 1050) return random() % 2 ? Held::yes : Held::no;
      return load <= 1000 ? Held::yes : Held::no;
    });
    EXPECT_LE(finding.load, 1050) << seed;
    close += finding.load >= 800;
  }
  EXPECT_GE(close, 70);  // the rest were stopped early, and say by what
}

TEST(Search, StopsWhereTheGeneratorCannotTell) {
  const auto finding = search({100, 1, 1e6, 1.04, false},
                              [](double load) { return load <= 800 ? Held::yes : Held::cannot_tell; });
  EXPECT_EQ(finding.load, 800);
  EXPECT_TRUE(finding.confirmed);
  EXPECT_EQ(finding.limit, Finding::Limit::generator);
  EXPECT_EQ(finding.failed, 0);
}

TEST(Search, EndsWhereTheGeneratorCanTellNothing) {
  std::vector<double> tried;
  const auto finding = search(
      {100, 10, 1e6, 1.04, false}, [](double) { return Held::cannot_tell; }, &tried);
  EXPECT_EQ(finding.load, 0);
  EXPECT_FALSE(finding.confirmed);
  EXPECT_EQ(finding.limit, Finding::Limit::generator);
  std::vector<double> expected;
  for (const double load : {100.0, 50.0, 25.0, 12.5, 10.0}) expected.insert(expected.end(), 4, load);
  EXPECT_EQ(tried, expected);
}

TEST(Search, DoesNotConfirmWhatNobodyCanConfirm) {
  int windows = 0;
  const auto finding = search({100, 1, 200, 1.04, false},
                              [&](double) { return ++windows <= 2 ? Held::yes : Held::cannot_tell; });
  EXPECT_EQ(finding.load, 200);
  EXPECT_FALSE(finding.confirmed);
  EXPECT_EQ(finding.limit, Finding::Limit::range);
}

TEST(Search, FindsNothingWhereNothingHolds) {
  const auto finding = search({100, 10, 1e6, 1.04, false}, holds_up_to(5));
  EXPECT_EQ(finding.load, 0);
  EXPECT_EQ(finding.failed, 10);
  EXPECT_EQ(finding.limit, Finding::Limit::server);
}

TEST(Search, StopsAtTheEndOfTheRange) {
  const auto finding = search({100, 1, 500, 1.04, false}, holds_up_to(1e9));
  EXPECT_EQ(finding.load, 500);
  EXPECT_TRUE(finding.confirmed);
  EXPECT_EQ(finding.limit, Finding::Limit::range);
}

TEST(Search, KnowsWholeNumbers) {
  for (const int limit : {2, 3, 7, 10, 33, 999}) {
    std::vector<double> tried;
    const auto finding = search({10, 2, 10'000, 1.04, true}, holds_up_to(limit), &tried);
    EXPECT_LE(finding.load, limit);
    EXPECT_GE(finding.load, limit / 1.05 - 0.5) << limit;
    for (const double load : tried) EXPECT_EQ(load, static_cast<int>(load));
  }
}

TEST(Search, EndsOnAServerThatCannotMakeUpItsMind) {
  int windows = 0;
  const auto finding =
      search({100, 1, 1e6, 1.04, false}, [&](double) { return ++windows % 3 ? Held::yes : Held::no; });
  EXPECT_TRUE(!finding.confirmed || finding.load > 0);
}

}  // namespace
}  // namespace chatlab::loadgen
