#include "conformance/grade/gradebook.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "conformance/grade/grade.hpp"

namespace chatlab::grade {
namespace {

constexpr auto nowhere = static_cast<std::size_t>(-1);

std::string trimmed(std::string_view text) {
  return boost::algorithm::trim_copy(std::string(text));
}

/// "Lab 8" and "Lab 8 (1234)" are the column "Lab 8 (1234)".
bool names_column(std::string_view wanted, const std::string& column) {
  if (wanted == column) return true;
  if (!column.ends_with(')') || !column.starts_with(wanted)) return false;
  const auto rest = std::string_view(column).substr(wanted.size());
  if (!rest.starts_with(" (")) return false;
  const auto number = rest.substr(2, rest.size() - 3);
  return !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Canvas writes "Lovelace, Ada"; rosters write "Ada Lovelace".
std::string in_natural_order(const std::string& name) {
  const auto comma = name.find(',');
  if (comma == std::string::npos) return name;
  return trimmed(name.substr(comma + 1)) + " " + trimmed(name.substr(0, comma));
}

class Filling {
 public:
  Filling(std::string_view exported, const Csv& csv) : exported_(exported), csv_(csv) {}

  boost::system::result<FilledGradebook, Complaint> fill(std::string_view assignment,
                                                         const std::vector<Score>& scores, double possible) {
    if (csv_.rows.empty()) return Complaint{0, "it is empty"};
    if (auto mistake = find_columns(assignment)) return *mistake;
    note_points(possible);
    match(scores);
    replace(scores);
    return std::move(filled_);
  }

 private:
  std::optional<Complaint> find_columns(std::string_view assignment) {
    const auto& header = csv_.rows.front();
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < header.cells.size(); ++i) {
      const auto name = trimmed(header.text(i));
      if (names_column(assignment, name)) {
        if (column_ != nowhere) {
          return Complaint{header.line,
                           fmt::format("both '{}' and '{}' are called so; give the whole name of one",
                                       trimmed(header.text(column_)), name)};
        }
        column_ = i;
      }
      columns.push_back("'" + name + "'");
      for (auto& [known, place] : keys_) {
        if (name == known) place = i;
      }
      if (name == "Student") student_ = i;
    }
    if (student_ == nowhere) {
      return Complaint{header.line,
                       fmt::format("no column is called 'Student', so this is no gradebook of Canvas; "
                                   "its columns are {}",
                                   fmt::join(columns, ", "))};
    }
    if (column_ == nowhere) {
      return Complaint{header.line, fmt::format("no column is called '{}'; the columns are {}", assignment,
                                                fmt::join(columns, ", "))};
    }
    return std::nullopt;
  }

  /// Canvas puts rows of its own between the header and the students.
  bool is_student(const Row& row) const {
    const auto name = trimmed(row.text(student_));
    if (name == "Points Possible" || &row == &csv_.rows.front()) return false;
    return std::any_of(keys_.begin(), keys_.end(), [&](const auto& key) {
      return key.second != nowhere && !trimmed(row.text(key.second)).empty();
    });
  }

  void note_points(double possible) {
    for (const auto& row : csv_.rows) {
      if (trimmed(row.text(student_)) != "Points Possible") continue;
      const auto text = trimmed(row.text(column_));
      char* end = nullptr;
      const double points = std::strtod(text.c_str(), &end);
      if (end != text.c_str() && points != possible) {
        filled_.notes.push_back(fmt::format(
            "the gradebook says that '{}' is worth {} points, but {} can be earned; the scores are "
            "written as they are",
            trimmed(csv_.rows.front().text(column_)), points_text(points), points_text(possible)));
      }
    }
  }

  void match(const std::vector<Score>& scores) {
    for (const auto& [known, place] : keys_) {
      if (place == nowhere) continue;
      const auto rows = rows_by([&, column = place](const Row& row) { return trimmed(row.text(column)); });
      for (std::size_t i = 0; i < scores.size(); ++i) try_row(i, rows, scores[i].id);
    }
    const auto rows = rows_by([&](const Row& row) {
      return boost::algorithm::to_lower_copy(in_natural_order(trimmed(row.text(student_))));
    });
    for (std::size_t i = 0; i < scores.size(); ++i) {
      try_row(i, rows, boost::algorithm::to_lower_copy(in_natural_order(scores[i].name)));
    }
  }

  /// Rows of students by something of theirs; what two of them share names nobody.
  template <class KeyOf>
  std::map<std::string, std::size_t> rows_by(KeyOf key_of) const {
    std::map<std::string, std::size_t> rows;
    std::set<std::string> shared;
    for (std::size_t i = 0; i < csv_.rows.size(); ++i) {
      if (!is_student(csv_.rows[i])) continue;
      const auto key = key_of(csv_.rows[i]);
      if (!key.empty() && !rows.emplace(key, i).second) shared.insert(key);
    }
    for (const auto& key : shared) rows.erase(key);
    return rows;
  }

  void try_row(std::size_t score, const std::map<std::string, std::size_t>& rows, const std::string& key) {
    if (row_of_score_.contains(score)) return;
    const auto row = rows.find(key);
    if (row == rows.end() || score_of_row_.contains(row->second)) return;
    row_of_score_[score] = row->second;
    score_of_row_[row->second] = score;
  }

  void replace(const std::vector<Score>& scores) {
    std::size_t copied = 0;
    for (std::size_t i = 0; i < csv_.rows.size(); ++i) {
      const auto& row = csv_.rows[i];
      if (!is_student(row)) continue;
      const auto found = score_of_row_.find(i);
      if (found == score_of_row_.end()) {
        filled_.notes.push_back(fmt::format("line {}: no score for {}; the cell is left as it was", row.line,
                                            trimmed(row.text(student_))));
        continue;
      }
      if (column_ >= row.cells.size()) {
        filled_.notes.push_back(
            fmt::format("line {}: the row ends before the column; the score of {} ({}) was "
                        "not written",
                        row.line, scores[found->second].id, scores[found->second].name));
        continue;
      }
      const auto& cell = row.cells[column_];
      filled_.text += exported_.substr(copied, cell.begin - copied);
      filled_.text += points_text(scores[found->second].points);
      copied = cell.end;
      ++filled_.filled;
    }
    filled_.text += exported_.substr(copied);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (row_of_score_.contains(i)) continue;
      filled_.notes.push_back(
          fmt::format("{} ({}) is not in the gradebook, or more than one row could be meant", scores[i].id,
                      scores[i].name));
    }
  }

  std::string_view exported_;
  const Csv& csv_;
  std::size_t student_ = nowhere;
  std::size_t column_ = nowhere;
  // In the order in which they are tried.
  std::vector<std::pair<std::string, std::size_t>> keys_ = {
      {"ID", nowhere}, {"SIS User ID", nowhere}, {"SIS Login ID", nowhere}};
  std::map<std::size_t, std::size_t> row_of_score_, score_of_row_;
  FilledGradebook filled_;
};

}  // namespace

boost::system::result<FilledGradebook, Complaint> fill_gradebook(std::string_view exported,
                                                                 std::string_view assignment,
                                                                 const std::vector<Score>& scores,
                                                                 double possible) {
  const auto csv = parse_csv(exported);
  if (csv.has_error()) return csv.error();
  return Filling(exported, *csv).fill(assignment, scores, possible);
}

}  // namespace chatlab::grade
