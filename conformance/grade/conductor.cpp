#include "conformance/grade/conductor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <system_error>

#include "client/url.hpp"
#include "conformance/grade/archive.hpp"
#include "conformance/grade/class_page.hpp"
#include "conformance/grade/file_name.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;
using Done = boost::system::result<void, Trouble>;

constexpr auto verdicts_page = "verdicts.html", run_page = "run.html";  // which the judge writes
constexpr int longest_wait_ms = 100;  // between two looks at who has ended, and two drawings of the bar

/// SIGINT and SIGTERM as something that can be waited for, as long as this object lives.
class Signals {
 public:
  Signals() {
    ::sigemptyset(&wanted_);
    ::sigaddset(&wanted_, SIGINT);
    ::sigaddset(&wanted_, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &wanted_, &before_);
    waiting_ = client::Descriptor(::signalfd(-1, &wanted_, SFD_NONBLOCK | SFD_CLOEXEC));
  }
  ~Signals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int descriptor() const { return waiting_.get(); }

  bool came() const {
    signalfd_siginfo information{};
    return ::read(waiting_.get(), &information, sizeof information) == sizeof information;
  }

 private:
  sigset_t wanted_{}, before_{};
  client::Descriptor waiting_;
};

/// Whatever the port: two servers of one machine are in each other's way.
std::string host_of(const std::string& url) {
  return boost::algorithm::to_lower_copy(client::parse_url(url)->host);
}

/// The parent of a process; 0 where it has gone meanwhile.
pid_t parent_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/stat");
  std::string line;
  std::getline(file, line);
  const auto end_of_name = line.rfind(')');  // a name can hold anything
  pid_t parent = 0;
  if (end_of_name == std::string::npos || line.size() < end_of_name + 5) return 0;
  std::from_chars(line.data() + end_of_name + 4, line.data() + line.size(), parent);
  return parent;
}

}  // namespace

boost::system::result<std::vector<Grade>, Trouble> Conductor::grade_all(
    const std::vector<std::pair<const Task*, std::string>>& tasks) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const Signals signals;
  tasks_ = &tasks;
  queue_ = std::make_unique<Queue>(settings_.per_host);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const auto& url = tasks[i].first->url;
    queue_->add(i, url.empty() ? "" : host_of(url));
  }
  const auto give_up = [&](const Trouble& trouble) {
    say_(progress_.clear());
    return trouble;
  };
  const auto began = Judging::Clock::now();
  while (!queue_->empty() || !running_.empty()) {
    while (running_.size() < settings_.jobs) {
      const auto next = queue_->take();
      if (!next) break;
      const auto started = start(*next);
      if (started.has_error()) return give_up(started.error());
    }
    const auto elapsed = Judging::Clock::now() - began;
    say_(progress_.draw(running_.size(), std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)));
    wait(signals.descriptor());
    if (signals.came()) {
      interrupted_ = true;
      running_.clear();  // ends them
      break;
    }
    const auto taken = take_in();
    if (taken.has_error()) return give_up(taken.error());
  }
  end_strays();
  say_(progress_.clear());
  return std::move(grades_);
}

Done Conductor::start(std::size_t number) {
  const auto& task = *(*tasks_)[number].first;
  if (task.url.empty() && task.files.empty()) {
    return close(number, {"", "", false});
  }
  const auto place = stage(task, number);
  if (place.has_error()) return place.error();
  auto scratch = Scratch::make(book_.scratch());
  if (scratch.has_error()) return scratch.error();
  std::size_t slot = 0;
  const auto is_taken = [&](const Running& one) { return one.slot == slot; };
  while (std::any_of(running_.begin(), running_.end(), is_taken)) ++slot;
  auto arguments = arguments_for(task, *place, slot);
  const auto& folder = (*scratch)->path();
  arguments.insert(arguments.end(),
                   {"--format", "json", "--format", "html", "--out", folder / verdicts_page, "--run-page",
                    folder / run_page, "--run-link", "../runs/" + file_link_to(task.id) + ".html"});
  auto judging = Judging::start(arguments, std::move(*scratch), settings_.time);
  if (judging.has_error()) return judging.error();
  running_.push_back({number, slot, std::move(*judging)});
  return {};
}

/// The folder or file that the judge is given: what was handed in; where that is not what the student called
/// it, or several files, a folder with copies.
boost::system::result<fs::path, Trouble> Conductor::stage(const Task& task, std::size_t number) const {
  if (task.files.empty()) return {boost::system::in_place_value, fs::path()};
  const auto& first = task.files.front();
  std::error_code failed;
  const bool is_itself = first.path.filename() == first.name || fs::is_directory(first.path, failed) ||
                         is_archive_name(first.path);
  if (task.files.size() == 1 && is_itself) return {boost::system::in_place_value, first.path};
  const auto folder = book_.scratch() / fmt::format("files-{}", number);
  fs::create_directory(folder, failed);
  for (const auto& file : task.files) {
    const auto copy = folder / fs::path(file.name).filename();
    fs::copy(file.path, copy, fs::copy_options::recursive | fs::copy_options::skip_symlinks, failed);
    if (failed) return Trouble{fmt::format("cannot copy '{}': {}", file.path.string(), failed.message())};
  }
  return {boost::system::in_place_value, folder};
}

std::vector<std::string> Conductor::arguments_for(const Task& task, const fs::path& place,
                                                  std::size_t slot) const {
  auto arguments = task.url.empty() ? settings_.launch_arguments : settings_.url_arguments;
  if (!task.url.empty()) {
    arguments.push_back(task.url);
    return arguments;
  }
  arguments.insert(arguments.end(), {"--submission", place.string(), "--sandbox-user",
                                     std::to_string(settings_.first_user + slot)});
  return arguments;
}

void Conductor::wait(int signals) const {
  std::vector<pollfd> waited = {{signals, POLLIN, 0}};
  for (const auto& one : running_) waited.push_back({one.judging->output(), POLLIN, 0});
  ::poll(waited.data(), waited.size(), longest_wait_ms);
}

Done Conductor::take_in() {
  const auto now = Judging::Clock::now();
  for (auto at = running_.begin(); at != running_.end();) {
    auto ending = at->judging->look(now);
    if (!ending) {
      ++at;
      continue;
    }
    const auto page = [&](const char* name) {
      const auto text = read_whole(at->judging->scratch() / name);
      return text.has_value() ? *text : "";
    };
    Book::Pages pages{page(verdicts_page), page(run_page)};
    const auto number = at->number;
    at = running_.erase(at);
    end_strays();
    const auto closed = close(number, std::move(*ending), std::move(pages));
    if (closed.has_error()) return closed;
  }
  return {};
}

Done Conductor::close(std::size_t number, Judging::Ending ending, Book::Pages pages) {
  queue_->finish(number);
  const auto& [task, key] = (*tasks_)[number];
  std::error_code unknown;
  fs::remove_all(book_.scratch() / fmt::format("files-{}", number), unknown);
  Grade grade;
  grade.id = task->id;
  grade.name = task->name;
  grade.source = task->source;
  grade.late = task->late;
  grade.extras = task->extras;
  grade.key = key;
  Json report;
  if (task->url.empty() && task->files.empty()) {
    grade.outcome = Outcome::not_handed_in;
  } else if (ending.out_of_time) {
    grade.outcome = Outcome::stopped;
    grade.reason = fmt::format(
        "testing it was not done after {}, which is what one submission gets; --time-limit "
        "gives more",
        time_text(settings_.time));
  } else if (ending.report.empty()) {
    grade.outcome = Outcome::judge_lost;
    grade.reason = ending.trouble;
  } else {
    try {
      report = Json::parse(ending.report);
      read_report(report, grade);
    } catch (const Json::exception& mistake) {
      grade.outcome = Outcome::judge_lost;
      grade.reason = fmt::format("what the judge wrote cannot be read: {}", mistake.what());
    }
  }
  if (!task->files.empty()) grade.sandbox = settings_.sandbox;
  grade.has_run = grade.outcome == Outcome::tested && !pages.run.empty();
  if (pages.verdicts.empty()) pages.verdicts = student_page(grade, settings_.title);
  const auto put = book_.put(grade, report, pages);
  if (put.has_error()) return put;
  say_(progress_.clear() + progress_.tell(grade));
  grades_.push_back(std::move(grade));
  return {};
}

/// What a judge that was killed has left behind came to this process; a judge that lives keeps its own.
void Conductor::end_strays() const {
  const auto self = ::getpid();
  std::error_code failed;
  for (int round = 0; round < 50; ++round) {  // what is killed hands on what it had started
    bool found = false;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
      const auto name = entry.path().filename().string();
      pid_t process = 0;
      const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), process);
      if (wrong != std::errc{} || parent_of(name) != self) continue;
      const auto is_ours = [&](const Running& one) { return one.judging->process() == process; };
      if (std::any_of(running_.begin(), running_.end(), is_ours)) continue;
      ::kill(process, SIGKILL);
      ::waitpid(process, nullptr, 0);
      found = true;
    }
    if (!found) return;
  }
}

}  // namespace chatlab::grade
