#include "conformance/grade/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace chatlab::grade {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

bool is_line_end(char letter) {
  return letter == '\n' || letter == '\r';
}

/// The one of the usual separators that the first line has most of, quoted ones not counted.
char separator_of(std::string_view file) {
  constexpr std::string_view usual = ",;\t";
  std::size_t counts[3] = {};
  bool quoted = false;
  for (const char letter : file) {
    if (letter == '"') quoted = !quoted;
    if (quoted) continue;
    if (is_line_end(letter)) break;
    const auto which = usual.find(letter);
    if (which != std::string_view::npos) ++counts[which];
  }
  return usual[static_cast<std::size_t>(std::max_element(counts, counts + 3) - counts)];
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view file) : file_(file) {}

  boost::system::result<Csv, Complaint> read() {
    if (file_.starts_with("\xFF\xFE") || file_.starts_with("\xFE\xFF")) {
      return Complaint{0, "it is written in UTF-16; save it as CSV in UTF-8"};
    }
    Csv csv;
    csv.byte_order_mark = file_.starts_with(utf8_mark);
    if (csv.byte_order_mark) at_ = utf8_mark.size();
    csv.separator = separator_ = separator_of(file_.substr(at_));
    while (at_ < file_.size()) {
      Row row;
      row.line = line_;
      const auto begin = at_;
      do {
        if (const auto mistake = read_cell(row)) return *mistake;
      } while (skip_separator());
      const bool is_empty = at_ == begin;
      skip_line_end();
      if (!is_empty) csv.rows.push_back(std::move(row));
    }
    return csv;
  }

 private:
  std::optional<Complaint> read_cell(Row& row) {
    Cell cell;
    cell.begin = at_;
    if (here() == '"') {
      if (const auto mistake = read_quoted(cell)) return mistake;
    } else {
      while (at_ < file_.size() && file_[at_] != separator_ && !is_line_end(file_[at_])) ++at_;
      cell.text = file_.substr(cell.begin, at_ - cell.begin);
    }
    cell.end = at_;
    row.cells.push_back(std::move(cell));
    return std::nullopt;
  }

  std::optional<Complaint> read_quoted(Cell& cell) {
    const auto opened = line_;
    ++at_;
    for (;; ++at_) {
      if (at_ >= file_.size()) return Complaint{opened, "a quote is opened here and never closed"};
      if (file_[at_] == '"') {
        ++at_;
        if (here() != '"') break;  // two quotes are one
      }
      if (file_[at_] == '\n') ++line_;
      cell.text += file_[at_];
    }
    if (at_ == file_.size() || file_[at_] == separator_ || is_line_end(file_[at_])) return std::nullopt;
    return Complaint{
        line_,
        fmt::format("after the closing quote of \"{}\" the cell goes on; inside a quoted cell a quote is "
                    "written twice",
                    cell.text)};
  }

  char here() const { return at_ < file_.size() ? file_[at_] : '\0'; }

  bool skip_separator() {
    if (here() != separator_) return false;
    ++at_;
    return true;
  }

  void skip_line_end() {
    if (here() == '\r') ++at_;
    if (here() == '\n') ++at_;
    ++line_;
  }

  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  char separator_ = ',';
};

}  // namespace

boost::system::result<Csv, Complaint> parse_csv(std::string_view file) {
  return CsvReader(file).read();
}

std::string csv_cell(std::string_view text, char separator) {
  const bool needs_quotes = text.find_first_of("\"\r\n") != std::string_view::npos ||
                            text.find(separator) != std::string_view::npos || text.starts_with(' ') ||
                            text.ends_with(' ');
  if (!needs_quotes) return std::string(text);
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return quoted + "\"";
}

}  // namespace chatlab::grade
