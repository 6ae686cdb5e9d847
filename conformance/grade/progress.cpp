#include "conformance/grade/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "conformance/grade/class_figures.hpp"
#include "conformance/grade/tables.hpp"
#include "conformance/legible.hpp"

namespace chatlab::grade {

std::string Progress::tell(const Grade& grade) {
  ++done_;
  full_marks_ += grade.full_marks();
  not_tested_ += grade.outcome != Outcome::tested;
  if (columns_) return "";
  const auto failure = conformance::printable(brief(grade.first_failure()));
  constexpr std::size_t shown_bytes = 160;
  return fmt::format("[{}/{}] {} {}: {} of {}{}\n", kept_ + done_, total_, conformance::printable(grade.id),
                     conformance::printable(grade.name), points_text(grade.earned()),
                     points_text(grade.possible),
                     failure.empty() ? "" : "; " + conformance::shortened(failure, shown_bytes));
}

std::string Progress::draw(std::size_t running, std::chrono::milliseconds elapsed) const {
  if (!columns_ || total_ == 0) return "";
  const auto through = kept_ + done_;
  const auto left = total_ - through;
  std::string time;
  if (done_ > 0 && left > 0) {
    const auto each = elapsed / static_cast<std::int64_t>(done_);
    time = fmt::format(", {} left", time_text(each * static_cast<std::int64_t>(left)));
  }
  const auto words = fmt::format(" {}/{}  full marks {}, not tested {}, at work {}{}", through, total_,
                                 full_marks_, not_tested_, running, time);
  // A line that wraps could not be taken away again; a terminal may wrap one that just fills its columns.
  constexpr std::size_t widest = 30, narrowest = 5;
  const auto columns = columns_();
  const auto taken = words.size() + std::string_view("[]").size() + 1;
  if (columns < taken + narrowest) return clear() + words.substr(1, std::max<std::size_t>(columns, 1) - 1);
  const auto width = std::min(widest, columns - taken);
  const auto filled = through * width / total_;
  return fmt::format("{}[{}{}]{}", clear(), std::string(filled, '#'), std::string(width - filled, '.'),
                     words);
}

std::string time_text(std::chrono::milliseconds time) {
  const auto seconds = (time.count() + 999) / 1000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

}  // namespace chatlab::grade
