#include "conformance/grade/command.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "conformance/grade/class_page.hpp"
#include "conformance/grade/conductor.hpp"
#include "conformance/grade/gradebook.hpp"
#include "conformance/grade/options.hpp"
#include "conformance/grade/tables.hpp"
#include "conformance/legible.hpp"
#include "conformance/report/report.hpp"
#include "conformance/suite_files.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;
using Done = boost::system::result<void, Trouble>;

constexpr int done = 0, unusable = 2, to_look_at = 4, interrupted = 130;

int complain(const std::string& text) {
  fmt::print(stderr, "chatlab-conformance: {}\n", conformance::printable(text, true));
  return unusable;
}

std::string at_line(const std::string& file, const Complaint& complaint) {
  return complaint.line ? fmt::format("{}:{}: {}", file, complaint.line, complaint.text)
                        : fmt::format("{}: {}", file, complaint.text);
}

/// How wide the terminal is that messages go to; empty where they go elsewhere.
std::function<std::size_t()> terminal_columns() {
  if (!::isatty(STDERR_FILENO)) return {};
  return [] {
    constexpr std::size_t usual = 80;
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : usual;
  };
}

/// One grading of a class, step by step.
class Grading {
 public:
  Grading(Options options, conformance::Suite suite)
      : options_(std::move(options)), suite_(std::move(suite)) {}

  int run() {
    auto book = Book::open(options_.out);
    if (book.has_error()) return complain(book.error().text);
    book_ = std::move(*book);
    for (const auto step : {&Grading::read_class, &Grading::read_gradebook, &Grading::choose_sandbox,
                            &Grading::judge, &Grading::write_tables, &Grading::fill_in}) {
      const auto ok = (this->*step)();
      if (ok.has_error()) return complain(ok.error().text);
    }
    return summarize();
  }

 private:
  Done read_class() {
    std::string text;
    if (!options_.roster.empty()) {
      const auto read = read_whole(options_.roster);
      if (read.has_error()) return read.error();
      text = *read;
      roster_ = read_roster(text, options_.submissions.empty());
      for (const auto& complaint : roster_.complaints) {
        complaints_.push_back(at_line(options_.roster, complaint));
        complain(complaints_.back());
      }
    }
    std::vector<HandedIn> handed_in;
    if (!options_.submissions.empty()) {
      const auto read = read_handed_in(options_.submissions, book_->scratch());
      if (read.has_error()) return read.error();
      handed_in = *read;
    }
    tasks_ = plan_tasks(roster_, handed_in, fs::path(options_.roster).parent_path());
    if (tasks_.empty()) return Trouble{"there is nobody to grade"};
    const auto is_launched = [](const Task& task) { return !task.files.empty(); };
    if (!options_.launches && std::any_of(tasks_.begin(), tasks_.end(), is_launched)) {
      return Trouble{
          "the roster has a dir; --launch says which command starts the server there: --launch 'python3 "
          "app.py'"};
    }
    return {};
  }

  /// Before the work: an afternoon later it would be a pity.
  Done read_gradebook() {
    if (options_.gradebook.empty()) return {};
    const auto read = read_whole(options_.gradebook);
    if (read.has_error()) return read.error();
    gradebook_ = *read;
    const auto filled = fill_gradebook(gradebook_, options_.assignment, {}, suite_.points);
    if (filled.has_error()) return Trouble{at_line(options_.gradebook, filled.error())};
    return {};
  }

  Done choose_sandbox() {
    if (!options_.launches) return {};
    const auto chosen = choose_confinement(options_.confinement);
    if (chosen.has_error()) return chosen.error();
    sandbox_ = chosen->description;
    const bool bubblewrap = chosen->sandbox.with_bubblewrap();
    options_.launch_arguments.push_back(bubblewrap ? "--sandbox=bwrap" : "--sandbox=none");
    options_.launch_arguments.push_back(chosen->network == Network::own ? "--network=own"
                                                                        : "--network=shared");
    options_.launch_arguments.push_back("--sandbox-told=" + sandbox_);
    fmt::print(stderr, "sandbox: {}\n", sandbox_);
    return {};
  }

  Done judge() {
    Progress progress(tasks_.size(), terminal_columns());
    const auto settings_digest = digest_of(settings_text());
    std::vector<std::pair<const Task*, std::string>> to_do;
    std::map<std::string, Grade> grades;
    for (const auto& task : tasks_) {
      const auto key = digest_of(settings_digest + digest_of(task));
      auto kept = options_.force ? std::nullopt : book_->find(task.id, key);
      if (kept && (kept->needs_a_look() || (options_.only_failed && !kept->full_marks()))) kept.reset();
      if (!kept) {
        to_do.emplace_back(&task, key);
        continue;
      }
      progress.count_kept();
      kept->name = task.name;
      kept->late = task.late;
      kept->extras = task.extras;
      if (!task.files.empty()) kept->sandbox = sandbox_;
      grades[task.id] = std::move(*kept);
    }
    kept_ = grades.size();
    Conductor conductor(
        {options_.jobs, options_.per_host, options_.time_limit, options_.url_arguments,
         options_.launch_arguments, sandbox_, suite_.title, options_.confinement.sandbox.user},
        *book_, progress, [](const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); });
    auto graded = conductor.grade_all(to_do);
    if (graded.has_error()) return graded.error();
    interrupted_ = conductor.interrupted();
    for (auto& grade : *graded) grades[grade.id] = std::move(grade);
    for (auto& [id, grade] : grades) {
      if (grade.possible == 0) grade.possible = suite_.points;
      grades_.push_back(std::move(grade));
    }
    return {};
  }

  /// All that a grade depends on beside the submission.
  std::string settings_text() const {
    std::string text = CHATLAB_VERSION "\n" + conformance::list_checks(suite_);
    if (const auto file = read_whole(options_.suite); file.has_value()) text += *file;
    for (const auto* arguments : {&options_.url_arguments, &options_.launch_arguments}) {
      for (const auto& argument : *arguments) text += argument + "\n";
      text += "\n";
    }
    return text;
  }

  Done write_tables() {
    const TableStyle style{roster_.extra_columns, roster_.byte_order_mark};
    std::vector<std::string> ids;
    for (const auto& task : tasks_) ids.push_back(task.id);
    book_->keep_only(ids);
    const std::pair<const char*, std::string> files[] = {
        {"grades.csv", grades_csv(grades_, style)},
        {"results.jsonl", results_jsonl(grades_)},
        {"index.html", class_page(grades_, suite_.title, complaints_)}};
    for (const auto& [name, content] : files) {
      const auto written = book_->write(name, content);
      if (written.has_error()) return written;
    }
    return {};
  }

  Done fill_in() {
    if (options_.gradebook.empty()) return {};
    std::vector<Score> scores;
    for (const auto& grade : grades_) {
      if (grade.outcome != Outcome::not_handed_in) scores.push_back({grade.id, grade.name, grade.earned()});
    }
    const auto filled = fill_gradebook(gradebook_, options_.assignment, scores, suite_.points);
    if (filled.has_error()) return Trouble{at_line(options_.gradebook, filled.error())};
    const auto name = fs::path(options_.gradebook).filename().string();
    const auto written = book_->write(name, filled->text);
    if (written.has_error()) return written;
    for (const auto& note : filled->notes)
      fmt::print(stderr, "{}: {}\n", options_.gradebook, conformance::printable(note));
    fmt::print("{} of {} scores are in {}\n", filled->filled, scores.size(),
               (fs::path(options_.out) / name).string());
    return {};
  }

  int summarize() const {
    const auto count = [&](auto what) { return std::count_if(grades_.begin(), grades_.end(), what); };
    const auto full = count([](const Grade& grade) { return grade.full_marks(); });
    const auto not_started = count([](const Grade& grade) { return grade.outcome == Outcome::not_started; });
    const auto looks = count([](const Grade& grade) { return grade.needs_a_look(); });
    fmt::print("{} of {} graded{}: {} with full marks, {} not started, {} to be looked at\n{}\n",
               grades_.size(), tasks_.size(), kept_ ? fmt::format(" ({} of them before)", kept_) : "", full,
               not_started, looks, (fs::path(options_.out) / "index.html").string());
    if (interrupted_) {
      fmt::print(stderr, "interrupted; the same command goes on from here\n");
      return interrupted;
    }
    return looks > 0 || !complaints_.empty() ? to_look_at : done;
  }

  Options options_;
  const conformance::Suite suite_;
  std::unique_ptr<Book> book_;
  Roster roster_;
  std::vector<std::string> complaints_;
  std::vector<Task> tasks_;
  std::string gradebook_;
  std::string sandbox_;
  std::vector<Grade> grades_;  // sorted by id
  std::size_t kept_ = 0;
  bool interrupted_ = false;
};

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  auto wanted = read_options(arguments);
  if (const auto* information = std::get_if<Information>(&wanted)) {
    fmt::print("{}", information->text);
    return done;
  }
  if (const auto* error = std::get_if<UsageError>(&wanted)) return complain(error->text);
  auto& options = std::get<Options>(wanted);
  auto suite = conformance::load_suite(options.suite);
  if (suite.has_error()) return complain(suite.error().text);
  return Grading(std::move(options), std::move(*suite)).run();
}

}  // namespace chatlab::grade
