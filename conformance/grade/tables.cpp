#include "conformance/grade/tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/grade/class_figures.hpp"
#include "conformance/grade/csv.hpp"
#include "conformance/legible.hpp"

namespace chatlab::grade {
namespace {

/// All areas, in the suite's order: of the one who has most of them.
std::vector<AreaGrade> areas_of(const std::vector<Grade>& grades) {
  std::vector<AreaGrade> areas;
  for (const auto& grade : grades) {
    auto own = grade.areas();
    if (own.size() > areas.size()) areas = std::move(own);
  }
  return areas;
}

/// What a spreadsheet would take for a formula, it shall show instead. Our own sentences can quote a student.
std::string shown_text(std::string text) {
  text = conformance::printable(text);
  const bool is_formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  return is_formula ? "'" + text : text;
}

std::vector<std::string> cells_of(const Grade& grade, const std::vector<AreaGrade>& areas) {
  const bool scored = grade.outcome != Outcome::not_handed_in;
  std::vector<std::string> cells = {grade.id, grade.name, scored ? points_text(grade.earned()) : "",
                                    points_text(grade.possible)};
  const auto own = grade.areas();
  for (const auto& area : areas) {
    const auto same = [&](const AreaGrade& one) { return one.area == area.area; };
    const auto found = std::find_if(own.begin(), own.end(), same);
    cells.push_back(!scored ? "" : points_text(found == own.end() ? 0 : found->earned));
  }
  cells.push_back(result_text(grade));
  cells.push_back(shown_text(brief(grade.first_failure())));
  cells.push_back(grade.late ? "late" : "");
  cells.insert(cells.end(), grade.extras.begin(), grade.extras.end());
  return cells;
}

}  // namespace

std::string grades_csv(const std::vector<Grade>& grades, const TableStyle& style) {
  const auto areas = areas_of(grades);
  std::vector<std::string> header = {"id", "name", "score", "of"};
  for (const auto& area : areas)
    header.push_back(fmt::format("{} ({})", area.area, points_text(area.points)));
  for (const char* name : {"result", "first failure", "late"}) header.push_back(name);
  header.insert(header.end(), style.extra_columns.begin(), style.extra_columns.end());
  std::string text = style.byte_order_mark ? "\xEF\xBB\xBF" : "";
  const auto add = [&](std::vector<std::string> cells) {
    for (auto& cell : cells) cell = csv_cell(cell);
    text += fmt::format("{}\n", fmt::join(cells, ","));
  };
  add(std::move(header));
  for (const auto& grade : grades) add(cells_of(grade, areas));
  return text;
}

std::string results_jsonl(const std::vector<Grade>& grades) {
  std::string text;
  for (const auto& grade : grades) {
    auto areas = Json::object();
    for (const auto& area : grade.areas())
      areas[area.area] = {{"score", area.earned}, {"possible", area.points}};
    auto checks = Json::object();
    for (const auto& check : grade.checks) checks[check.id] = check.status;
    const bool scored = grade.outcome != Outcome::not_handed_in;
    const Json line = {{"id", grade.id},
                       {"name", grade.name},
                       {"source", grade.source},
                       {"late", grade.late},
                       {"outcome", to_string(grade.outcome)},
                       {"score", scored ? Json(grade.earned()) : Json()},
                       {"possible", grade.possible},
                       {"areas", std::move(areas)},
                       {"first_failure", grade.first_failure()},
                       {"needs_a_look", grade.needs_a_look()},
                       {"sandbox", grade.sandbox},
                       {"checks", std::move(checks)}};
    text += conformance::to_text(line) + "\n";
  }
  return text;
}

std::string result_text(const Grade& grade) {
  if (grade.needs_a_look()) {
    return grade.outcome == Outcome::tested ? "needs a look"
                                            : fmt::format("{}: needs a look", to_string(grade.outcome));
  }
  return grade.full_marks() ? "full marks" : std::string(to_string(grade.outcome));
}

}  // namespace chatlab::grade
