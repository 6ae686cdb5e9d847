#include "conformance/grade/roster.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/url.hpp"

namespace chatlab::grade {
namespace {

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

class RosterReader {
 public:
  RosterReader(const Csv& csv, bool needs_place, Roster& roster)
      : csv_(csv), needs_place_(needs_place), roster_(roster) {}

  void read() {
    if (csv_.rows.empty())
      return complain(0, "it is empty; its first line names the columns id, name, and url or dir");
    if (!read_header(csv_.rows.front())) return;
    for (std::size_t i = 1; i < csv_.rows.size(); ++i) read_row(csv_.rows[i]);
  }

 private:
  static constexpr auto nowhere = static_cast<std::size_t>(-1);

  void complain(std::size_t line, std::string text) { roster_.complaints.push_back({line, std::move(text)}); }

  bool read_header(const Row& header) {
    for (std::size_t column = 0; column < header.cells.size(); ++column) {
      const auto name = boost::algorithm::trim_copy(header.cells[column].text);
      const auto known = columns_.find(boost::algorithm::to_lower_copy(name));
      if (known == columns_.end()) {
        extras_.push_back(column);
        roster_.extra_columns.push_back(name);
      } else if (known->second == nowhere) {
        known->second = column;
      } else {
        complain(header.line, fmt::format("two columns are called '{}'", known->first));
        return false;
      }
    }
    if (columns_["id"] == nowhere) {
      complain(header.line, fmt::format("no column is called 'id'; the columns are: {}", names_of(header)));
      return false;
    }
    if (needs_place_ && columns_["url"] == nowhere && columns_["dir"] == nowhere) {
      complain(header.line,
               fmt::format("no column is called 'url' or 'dir', so there is nothing to grade without "
                           "--submissions; the columns are: {}",
                           names_of(header)));
      return false;
    }
    return true;
  }

  static std::string names_of(const Row& header) {
    std::vector<std::string_view> names;
    for (const auto& cell : header.cells) names.push_back(cell.text);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void read_row(const Row& row) {
    const auto is_blank = [](const Cell& cell) { return boost::algorithm::trim_copy(cell.text).empty(); };
    if (std::all_of(row.cells.begin(), row.cells.end(), is_blank)) return;  // a spreadsheet's empty row
    const auto cell = [&](const char* name) {
      return boost::algorithm::trim_copy(std::string(row.text(columns_[name])));
    };
    Student student{cell("id"), cell("name"), "", cell("dir"), {}, row.line};
    for (const auto column : extras_) student.extras.emplace_back(row.text(column));
    const auto mistake = mistake_of(student, cell("url"));
    if (mistake) return complain(row.line, *mistake);
    lines_.emplace(student.id, row.line);
    if (student.name.empty()) student.name = student.id;
    roster_.students.push_back(std::move(student));
  }

  std::optional<std::string> mistake_of(Student& student, const std::string& url) {
    if (!is_utf8(student.id) || !is_utf8(student.name)) {
      return "it is not UTF-8; save the file as 'CSV UTF-8'";
    }
    if (student.id.empty()) return "the cell 'id' is empty";
    if (const auto earlier = lines_.find(student.id); earlier != lines_.end()) {
      return fmt::format("the id '{}' stands in line {} already; this line is left out", student.id,
                         earlier->second);
    }
    if (columns_["name"] != nowhere && student.name.empty()) return "the cell 'name' is empty";
    if (!url.empty() && !student.folder.empty()) {
      return fmt::format("it has a url, '{}', and a dir, '{}'; leave one of them empty", url, student.folder);
    }
    if (!url.empty()) {
      const auto parsed = client::parse_url(url);
      if (parsed.has_error()) return parsed.error().text;
      student.url = url;
    } else if (needs_place_ && student.folder.empty()) {
      return fmt::format("the cell {} is empty", columns_["url"] == nowhere   ? "'dir'"
                                                 : columns_["dir"] == nowhere ? "'url'"
                                                                              : "'url' (and 'dir' too)");
    }
    return std::nullopt;
  }

  const Csv& csv_;
  const bool needs_place_;
  Roster& roster_;
  std::map<std::string, std::size_t> columns_ = {
      {"id", nowhere}, {"name", nowhere}, {"url", nowhere}, {"dir", nowhere}};
  std::vector<std::size_t> extras_;
  std::map<std::string, std::size_t> lines_;  // by id
};

}  // namespace

Roster read_roster(std::string_view file, bool needs_place) {
  Roster roster;
  const auto csv = parse_csv(file);
  if (csv.has_error()) {
    roster.complaints.push_back(csv.error());
    return roster;
  }
  roster.byte_order_mark = csv->byte_order_mark;
  RosterReader(*csv, needs_place, roster).read();
  return roster;
}

}  // namespace chatlab::grade
