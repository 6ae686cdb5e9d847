#include "loadgen/mpi/clocks.hpp"

#include <mpi.h>

#include "loadgen/clock.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr int question_tag = 1, answer_tag = 2;
constexpr int burst = 20;             // questions: one in so many finds nobody in its way
constexpr auto longest_wait = 100ms;  // for one answer: rank 0 looks up every 10 ms
constexpr auto interval = 1s;         // between bursts in the measured window
constexpr auto attention = 1ms;       // of rank 0, for the next question

}  // namespace

void Clocks::send(int rank, int tag, Message message) {
  auto& kept = sent_[next_sent_++ % sent_.size()] = message;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Isend(&kept, sizeof kept, MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request);
  MPI_Request_free(&request);
}

void Clocks::ask() {
  std::vector<ClockReading> answers;
  for (int i = 0; i < burst; ++i) {
    const auto answer = ask_once();
    if (!answer) break;  // rank 0 is not to be had
    answers.push_back(*answer);
  }
  if (!answers.empty()) readings_.push_back(best_of(answers));
}

std::optional<ClockReading> Clocks::ask_once() {
  const auto asked = now();
  send(0, question_tag, {++questions_, 0});
  while (now() - asked < longest_wait) {
    int is_there = 0;
    MPI_Iprobe(0, answer_tag, MPI_COMM_WORLD, &is_there, MPI_STATUS_IGNORE);
    if (!is_there) continue;
    Message answer;
    MPI_Recv(&answer, sizeof answer, MPI_BYTE, 0, answer_tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    // Not one that was waited for before, in vain.
    if (answer.question == questions_) return ClockReading{asked, Moment(answer.shown_ns), now()};
  }
  return std::nullopt;
}

void Clocks::ask_now_and_then() {
  if (readings_.empty() || now() - readings_.back().heard >= interval) ask();
}

bool Clocks::answer() {
  bool was_asked = false;
  auto until = now();
  do {
    int is_there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, question_tag, MPI_COMM_WORLD, &is_there, &status);
    if (!is_there) continue;
    Message question;
    MPI_Recv(&question, sizeof question, MPI_BYTE, status.MPI_SOURCE, question_tag, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    question.shown_ns = now().count();
    send(status.MPI_SOURCE, answer_tag, question);
    was_asked = true;
    until = now() + attention;
  } while (now() < until);
  return was_asked;
}

}  // namespace chatlab::loadgen
