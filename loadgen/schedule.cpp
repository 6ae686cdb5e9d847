#include "loadgen/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace chatlab::loadgen {
namespace {

/// By when `sends` sends are due where the rate climbs in a straight line for `ramp` and stays: the inverse
/// of rate * t^2 / (2 * ramp), then of rate * (t - ramp / 2).
double seconds_until(double sends, const Load& load) {
  const double ramp_s = in_seconds(load.ramp);
  const double sent_on_ramp = load.rate_per_s * ramp_s / 2;
  if (sends < sent_on_ramp) return std::sqrt(2 * sends * ramp_s / load.rate_per_s);
  return sends / load.rate_per_s + ramp_s / 2;
}

/// An exponential gap of mean 1. Written out, because std::exponential_distribution differs between
/// libraries and one seed should mean one schedule everywhere.
double random_gap(std::mt19937_64& random) {
  const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;  // [0, 1)
  return -std::log1p(-uniform);
}

}  // namespace

double expected_sends(const Load& load) {
  const double length_s = in_seconds(load.length);
  const double ramp_s = in_seconds(load.ramp);
  if (length_s < ramp_s) return load.rate_per_s * length_s * length_s / (2 * ramp_s);
  return load.rate_per_s * (length_s - ramp_s / 2);
}

Schedule::Schedule(const Load& load) {
  if (!(load.rate_per_s > 0)) return;
  due_.reserve(static_cast<std::size_t>(expected_sends(load) * 1.1) + 16);
  std::mt19937_64 random(load.seed);
  double sends = load.arrivals == Arrivals::poisson ? random_gap(random) : 0;
  while (true) {
    const auto due = std::chrono::nanoseconds(std::llround(seconds_until(sends, load) * 1e9));
    if (due >= load.length) return;
    due_.push_back(due);
    sends += load.arrivals == Arrivals::poisson ? random_gap(random) : 1;
  }
}

std::size_t Schedule::first_from(std::chrono::nanoseconds since_start) const {
  return static_cast<std::size_t>(std::lower_bound(due_.begin(), due_.end(), since_start) - due_.begin());
}

}  // namespace chatlab::loadgen
