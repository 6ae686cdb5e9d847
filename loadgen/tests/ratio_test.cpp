#include "loadgen/ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace chatlab::loadgen {
namespace {

/// Rounds of two servers on a shared machine, with the noise that real ones were seen to have: a round as a
/// whole is a few per cent off, neighbours are off together, broadcasts scatter widely and in clusters, and
/// now and then somebody else has the machine for a while.
class NoisyMachine {
 public:
  explicit NoisyMachine(std::uint64_t seed) : random_(seed) {}

  void measure(double median_us, double slower, std::size_t rounds) {
    for (std::size_t i = 0; i < rounds; ++i) {
      const double shared = normal() * 0.05;
      first.push_back(round(median_us, shared));
      second.push_back(round(median_us * slower, shared));
    }
  }

  std::vector<Round> first, second;

 private:
  // Written out, because libraries draw differently: one seed is to mean one world everywhere.
  double uniform() { return static_cast<double>((random_() >> 11) + 1) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }

  Round round(double median_us, double shared) {
    const double level = std::log(median_us) + shared + normal() * 0.05;
    const bool disturbed = uniform() < 0.05;
    std::vector<std::int64_t> times_us;
    double cluster = 0;
    for (int i = 0; i < broadcasts; ++i) {
      cluster = 0.8 * cluster + 0.6 * normal() * 0.2;
      const bool stalled = disturbed && i >= broadcasts / 3 && i < broadcasts / 2;
      times_us.push_back(std::llround(std::exp(level + cluster + (stalled ? 1.5 : 0))));
    }
    return percentile_of_round(times_us, 50, random_());
  }

  static constexpr int broadcasts = 250;  // 5 s of 50/s
  std::mt19937_64 random_;
};

int verdicts(Difference wanted, double slower, std::size_t rounds, Pairing pairing = Pairing::paired) {
  int count = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    NoisyMachine machine(seed * 7919);
    machine.measure(5000, slower, rounds);
    count += difference(ratio(machine.second, machine.first, pairing, seed)) == wanted;
  }
  return count;
}

TEST(Ratio, SaysNoDifferenceForEquals) {
  EXPECT_GE(verdicts(Difference::none, 1, recommended_rounds), 95);
}

TEST(Ratio, FindsTwentyPerCentWithTheRoundsThatAreRecommended) {
  EXPECT_GE(verdicts(Difference::slower, 1.2, recommended_rounds), 95);
  EXPECT_GE(verdicts(Difference::faster, 1 / 1.2, recommended_rounds), 95);
}

TEST(Ratio, FindsADoubleWithFewRounds) {
  EXPECT_GE(verdicts(Difference::slower, 2, 5), 95);
}

TEST(Ratio, OfRoundsMeasuredApartIsNoLessCautious) {
  EXPECT_GE(verdicts(Difference::none, 1, recommended_rounds, Pairing::separate), 95);
}

TEST(Ratio, SaysNothingOfTooFewRounds) {
  NoisyMachine machine(1);
  machine.measure(5000, 3, fewest_rounds - 1);
  EXPECT_EQ(difference(ratio(machine.second, machine.first, Pairing::paired, 1)), Difference::unknown);
  EXPECT_EQ(difference(ratio({}, {}, Pairing::paired, 1)), Difference::unknown);
}

TEST(Ratio, IsWhatItsNameSays) {
  const std::vector<Round> of = {number_of_round(12), number_of_round(24), number_of_round(6)},
                           to = {number_of_round(10), number_of_round(20), number_of_round(5)};
  const auto exact = ratio(of, to, Pairing::paired, 1);
  EXPECT_NEAR(exact.ratio, 1.2, 1e-9);
  EXPECT_NEAR(exact.low, 1.2, 1e-9);  // in every round the same
  EXPECT_NEAR(exact.high, 1.2, 1e-9);
  EXPECT_EQ(difference(exact), Difference::slower);
  // What they had in common is not shared any more: the interval has to hold the difference of the rounds.
  const auto apart = ratio(of, to, Pairing::separate, 1);
  EXPECT_NEAR(apart.ratio, 1.2, 1e-9);
  EXPECT_LT(apart.low, 1);
  EXPECT_EQ(difference(apart), Difference::none);
}

TEST(Ratio, DoesNotCallASmallDifferenceOne) {
  const std::vector<Round> of(10, number_of_round(10.3)), to(10, number_of_round(10));
  EXPECT_EQ(difference(ratio(of, to, Pairing::paired, 1)), Difference::none);
}

TEST(Ratio, KnowsHowManyRoundsADifferenceTakes) {
  NoisyMachine machine(3);
  machine.measure(5000, 1, 10);
  const auto equal = ratio(machine.second, machine.first, Pairing::paired, 1);
  const auto for_20 = rounds_to_show(equal, 10, 0.20), for_5 = rounds_to_show(equal, 10, 0.05);
  EXPECT_GT(for_20, fewest_rounds);
  EXPECT_LE(for_20, 2 * recommended_rounds);
  EXPECT_GT(for_5, 5 * for_20);
  EXPECT_EQ(rounds_to_show({}, 1, 0.1), recommended_rounds);
}

TEST(Ratio, TakesThePercentileOfARound) {
  std::vector<std::int64_t> times_us;
  for (int i = 1; i <= 100; ++i) times_us.push_back(i * 100);
  EXPECT_NEAR(std::exp(percentile_of_round(times_us, 50, 1).log), 5000, 1e-6);
  EXPECT_NEAR(std::exp(percentile_of_round(times_us, 99, 1).log), 9900, 1e-6);
  const std::int64_t one[] = {0};
  EXPECT_NEAR(std::exp(percentile_of_round(one, 99, 1).log), 1, 1e-9);
}

}  // namespace
}  // namespace chatlab::loadgen
