// Grades a class: starts a judge for each submission whose turn it is, takes the results in, and goes on
// until all are through or somebody interrupts. One thread; the judges are processes.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conformance/grade/book.hpp"
#include "conformance/grade/judging.hpp"
#include "conformance/grade/progress.hpp"
#include "conformance/grade/queue.hpp"
#include "conformance/grade/task.hpp"

namespace chatlab::grade {

struct ConductorSettings {
  std::size_t jobs = 1;
  std::size_t per_host = 1;                   ///< submissions of one host at the same time
  std::chrono::milliseconds time{};           ///< that one submission gets
  std::vector<std::string> url_arguments;     ///< of the judge of a URL, before it
  std::vector<std::string> launch_arguments;  ///< of the judge of a folder, before "--submission"
  std::string sandbox;                        ///< what launched code is confined by, for the results
  std::string title;                          ///< of the suite
  unsigned first_user = 0;                    ///< as root: launched code of each job runs as another user
};

class Conductor {
 public:
  Conductor(ConductorSettings settings, Book& book, Progress& progress,
            std::function<void(const std::string&)> say)
      : settings_(std::move(settings)), book_(book), progress_(progress), say_(std::move(say)) {}

  /// A grade for each task whose key is given, in any order; fewer where it was interrupted (SIGINT,
  /// SIGTERM). A failure is one of this machine, such as a disk that is full: the results so far stand.
  boost::system::result<std::vector<Grade>, Trouble> grade_all(
      const std::vector<std::pair<const Task*, std::string>>& tasks);

  bool interrupted() const { return interrupted_; }

 private:
  struct Running {
    std::size_t number;  // of the task
    std::size_t slot;    // no two that run have the same
    std::unique_ptr<Judging> judging;
  };

  boost::system::result<void, Trouble> start(std::size_t number);
  boost::system::result<std::filesystem::path, Trouble> stage(const Task& task, std::size_t number) const;
  std::vector<std::string> arguments_for(const Task& task, const std::filesystem::path& place,
                                         std::size_t slot) const;
  void wait(int signals) const;
  boost::system::result<void, Trouble> take_in();
  boost::system::result<void, Trouble> close(std::size_t number, Judging::Ending ending,
                                             Book::Pages pages = {});
  void end_strays() const;

  const ConductorSettings settings_;
  Book& book_;
  Progress& progress_;
  std::function<void(const std::string&)> say_;
  const std::vector<std::pair<const Task*, std::string>>* tasks_ = nullptr;
  std::unique_ptr<Queue> queue_;
  std::vector<Running> running_;
  std::vector<Grade> grades_;
  bool interrupted_ = false;
};

}  // namespace chatlab::grade
