#include "loadgen/mpi/ranks.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <thread>

#include "loadgen/clock.hpp"
#include "loadgen/histogram.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

// mpirun says SIGTERM to all, and a second later SIGKILL: until then what was measured must be in its file.
// It says so when another rank is dead, or when it was interrupted itself; then all others come in time.
constexpr auto interrupted_patience = 400ms;  // together

constexpr auto first_patience = 60s;  // until it is known what is measured

constexpr auto nobody = std::numeric_limits<std::int64_t>::max();
constexpr ClockLine unknown_clock{{}, {}, 0, Histogram::highest};
constexpr double drift_unit = 1e15;  // a drift as a whole number of these

}  // namespace

Ranks::Ranks() : patience_(first_patience) {
  MPI_Init(nullptr, nullptr);
  int rank = 0, size = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  rank_ = static_cast<std::uint32_t>(rank);
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &host_);
  std::vector<int> first{rank};
  reduce(first, MPI_INT, MPI_MIN, host_);
  hosts_.resize(static_cast<std::size_t>(size));
  MPI_Allgather(first.data(), 1, MPI_INT, hosts_.data(), 1, MPI_INT, MPI_COMM_WORLD);
}

int Ranks::end(int status) {
  if (!broken_) {
    MPI_Finalize();
  } else if (!interrupted_at_) {
    MPI_Abort(MPI_COMM_WORLD, status);
  }
  return status;
}

bool Ranks::is_interrupted() const {
  pollfd interrupt{interrupt_, POLLIN, 0};
  return ::poll(&interrupt, 1, 0) > 0;
}

bool Ranks::wait(MPI_Request request) {
  const auto begun = now();
  while (true) {
    int is_done = 0;
    MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
    if (is_done) return true;
    const auto waited = now() - begun;
    if (!interrupted_at_ && is_interrupted()) interrupted_at_ = now();
    if (interrupted_at_ && now() - *interrupted_at_ > interrupted_patience) {
      broken_ = "was told to end, and the others did not answer: another one died, or mpirun was interrupted";
    } else if (waited > patience_) {
      broken_ = fmt::format("waited {:.0f} s for another, in vain: it hangs, or its host is cut off",
                            in_seconds(patience_));
    }
    if (broken_) return false;
    if (!clock_server_ || !clock_server_->answer())
      std::this_thread::sleep_for(1ms);  // MPI itself would spin
  }
}

template <class Value>
bool Ranks::reduce(std::vector<Value>& values, MPI_Datatype type, MPI_Op operation, MPI_Comm communicator) {
  if (broken_) return false;
  MPI_Request request = MPI_REQUEST_NULL;
  auto reduced = values;
  MPI_Iallreduce(values.data(), reduced.data(), static_cast<int>(values.size()), type, operation,
                 communicator, &request);
  if (!wait(request)) return false;
  values.swap(reduced);
  return true;
}

template <class Container>
Container Ranks::agree_on(Container mine, MPI_Datatype type) {
  if (broken_) return mine;
  auto first = mine;
  auto size = static_cast<std::int64_t>(mine.size());
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibcast(&size, 1, MPI_INT64_T, 0, MPI_COMM_WORLD, &request);
  if (!wait(request)) return mine;
  first.resize(static_cast<std::size_t>(size));
  MPI_Ibcast(first.data(), static_cast<int>(size), type, 0, MPI_COMM_WORLD, &request);
  return wait(request) ? first : mine;
}

std::string Ranks::agree(std::string mine) {
  return agree_on(std::move(mine), MPI_CHAR);
}

std::vector<std::uint32_t> Ranks::agree(std::vector<std::uint32_t> mine) {
  return agree_on(std::move(mine), MPI_UINT32_T);
}

bool Ranks::meet(bool ready) {
  std::vector<int> all{ready};
  reduce(all, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return all[0] == 1;
}

Moment Ranks::latest(Moment mine) {
  std::vector<std::int64_t> all{mine.count()};
  reduce(all, MPI_INT64_T, MPI_MAX, host_);
  return Moment(all[0]);
}

bool Ranks::asks_for_its_host() const {
  return is_far(0) && hosts_[rank_] == static_cast<int>(rank_);
}

void Ranks::compare_clocks() {
  const bool is_one_host = std::ranges::count(hosts_, hosts_[0]) == std::ssize(hosts_);
  if (rank_ == 0 && !is_one_host && !clock_server_) clock_server_ = std::make_unique<ClockServer>();
  const auto places = agree(clock_server_ ? clock_server_->places() : std::string());
  if (asks_for_its_host() && !clock_client_) {
    clock_client_ = std::make_unique<ClockClient>();
    clock_client_->connect(places);
  }
  meet(true);  // from here on rank 0 does nothing but answer, until all have asked
  if (broken_) return;
  ClockLine line;
  if (clock_client_) line = clock_client_->ask() ? line_through(clock_client_->readings()) : unknown_clock;
  meet(true);
  std::vector<std::int64_t> shared{line.at.count(), line.offset.count(),
                                   std::llround(line.drift * drift_unit), line.error.count()};
  reduce(shared, MPI_INT64_T, MPI_SUM, host_);  // the others of this host said 0
  shared_clock_ = {Moment(shared[0]), Moment(shared[1]), static_cast<double>(shared[2]) / drift_unit,
                   Moment(shared[3])};
  std::vector<std::int64_t> errors(size());
  if (clock_client_) errors[rank_] = line.error.count();
  reduce(errors, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  // What goes from one host to another is told by both their clocks.
  std::ranges::sort(errors, std::greater());
  clock_error_ = Moment(errors[0] + errors[1]);
}

void Ranks::keep_comparing_clocks() {
  if (clock_server_) clock_server_->answer();
  if (clock_client_) clock_client_->ask_now_and_then();
}

std::int64_t Ranks::to_shared(Moment ours) const {
  return clock_error_ ? shared_clock_.theirs(ours).count() : ours.count();
}

Moment Ranks::from_shared(std::int64_t shared) const {
  return clock_error_ ? shared_clock_.ours(Moment(shared)) : Moment(shared);
}

void Ranks::exchange(std::vector<Sent>& sends) {
  std::vector<std::int64_t> moments;
  for (const auto& sent : sends) {
    for (const auto moment : {sent.intended, sent.written})
      moments.push_back(moment == never ? never.count() : to_shared(moment));
  }
  if (!reduce(moments, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD)) return;
  const auto moment = [&](std::size_t i) {
    return moments[i] == never.count() ? never : from_shared(moments[i]);
  };
  for (std::size_t i = 0; i < sends.size(); ++i) sends[i] = {moment(2 * i), moment(2 * i + 1)};
}

void Ranks::put_together(std::vector<Reception>& receptions) {
  const auto sharers = clock_error_ ? MPI_COMM_WORLD : host_;
  std::vector<std::int64_t> first, last;
  std::vector<std::uint32_t> counts;
  for (const auto& one : receptions) {
    first.push_back(one.received > 0 ? to_shared(Moment(one.first_ns)) : nobody);
    last.push_back(one.received > 0 ? to_shared(Moment(one.last_ns)) : never.count());
    counts.insert(counts.end(), {one.received, one.expected});
  }
  if (!reduce(first, MPI_INT64_T, MPI_MIN, sharers) || !reduce(last, MPI_INT64_T, MPI_MAX, sharers) ||
      !reduce(counts, MPI_UINT32_T, MPI_SUM, MPI_COMM_WORLD))
    return;
  for (std::size_t i = 0; i < receptions.size(); ++i) {
    auto& one = receptions[i];
    one = {0, 0, counts[2 * i], counts[2 * i + 1]};
    if (first[i] == nobody) continue;
    one.first_ns = from_shared(first[i]).count();
    one.last_ns = from_shared(last[i]).count();
  }
}

std::vector<std::string> Ranks::gather(std::string mine) {
  if (broken_) return {std::move(mine)};
  const auto mine_bytes = static_cast<int>(mine.size());
  std::vector<int> sizes(size());
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Igather(&mine_bytes, 1, MPI_INT, sizes.data(), 1, MPI_INT, 0, MPI_COMM_WORLD, &request);
  if (!wait(request)) return {std::move(mine)};
  std::vector<int> begins(sizes.size());
  std::exclusive_scan(sizes.begin(), sizes.end(), begins.begin(), 0);
  std::string all(static_cast<std::size_t>(begins.back() + sizes.back()), '\0');
  MPI_Igatherv(mine.data(), mine_bytes, MPI_CHAR, all.data(), sizes.data(), begins.data(), MPI_CHAR, 0,
               MPI_COMM_WORLD, &request);
  if (!wait(request)) return {std::move(mine)};
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank_ == 0 && rank < sizes.size(); ++rank)
    texts.push_back(
        all.substr(static_cast<std::size_t>(begins[rank]), static_cast<std::size_t>(sizes[rank])));
  return texts;
}

}  // namespace chatlab::loadgen
