#include "loadgen/mpi/ranks.hpp"

#include <limits>
#include <numeric>
#include <thread>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

/// MPI itself would spin.
void sleep_until_done(MPI_Request request) {
  for (int done = 0; !done;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (!done) std::this_thread::sleep_for(1ms);
  }
}

template <class Value>
void reduce(std::vector<Value>& values, MPI_Datatype type, MPI_Op operation, MPI_Comm communicator) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Iallreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), type, operation, communicator,
                 &request);
  sleep_until_done(request);
}

}  // namespace

Ranks::Ranks() {
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

Ranks::~Ranks() {
  MPI_Finalize();
}

std::string Ranks::agree(std::string mine) {
  auto size = static_cast<std::int64_t>(mine.size());
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibcast(&size, 1, MPI_INT64_T, 0, MPI_COMM_WORLD, &request);
  sleep_until_done(request);
  mine.resize(static_cast<std::size_t>(size));
  MPI_Ibcast(mine.data(), static_cast<int>(size), MPI_CHAR, 0, MPI_COMM_WORLD, &request);
  sleep_until_done(request);
  return mine;
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

void Ranks::put_together(std::vector<Reception>& receptions) {
  constexpr auto nobody = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> first, last;
  std::vector<std::uint32_t> counts;
  for (const auto& one : receptions) {
    first.push_back(one.received > 0 ? one.first_ns : nobody);
    last.push_back(one.last_ns);
    counts.insert(counts.end(), {one.received, one.expected});
  }
  reduce(first, MPI_INT64_T, MPI_MIN, host_);
  reduce(last, MPI_INT64_T, MPI_MAX, host_);
  reduce(counts, MPI_UINT32_T, MPI_SUM, MPI_COMM_WORLD);
  for (std::size_t i = 0; i < receptions.size(); ++i)
    receptions[i] = {first[i] == nobody ? 0 : first[i], last[i], counts[2 * i], counts[2 * i + 1]};
}

std::vector<std::string> Ranks::gather(std::string mine) {
  const auto mine_bytes = static_cast<int>(mine.size());
  std::vector<int> sizes(size());
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Igather(&mine_bytes, 1, MPI_INT, sizes.data(), 1, MPI_INT, 0, MPI_COMM_WORLD, &request);
  sleep_until_done(request);
  std::vector<int> begins(sizes.size());
  std::exclusive_scan(sizes.begin(), sizes.end(), begins.begin(), 0);
  std::string all(static_cast<std::size_t>(begins.back() + sizes.back()), '\0');
  MPI_Igatherv(mine.data(), mine_bytes, MPI_CHAR, all.data(), sizes.data(), begins.data(), MPI_CHAR, 0,
               MPI_COMM_WORLD, &request);
  sleep_until_done(request);
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank_ == 0 && rank < sizes.size(); ++rank)
    texts.push_back(
        all.substr(static_cast<std::size_t>(begins[rank]), static_cast<std::size_t>(sizes[rank])));
  return texts;
}

}  // namespace chatlab::loadgen
