#include "conformance/grade/grade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/grade/file_name.hpp"

namespace chatlab::grade {
namespace {

constexpr Outcome outcomes[] = {Outcome::tested, Outcome::not_started, Outcome::stopped, Outcome::judge_lost,
                                Outcome::not_handed_in};

bool is_must(const CheckGrade& check) {
  return check.level == "must";
}

bool did_not_pass(const CheckGrade& check) {
  return check.status == "fail" || check.status == "blocked" || check.status == "inconclusive";
}

CheckGrade read_check(const Json& check) {
  const auto text = [&](const char* name) { return check.value(name, ""); };
  return {text("id"),
          text("area"),
          text("title"),
          text("level"),
          text("status"),
          text("message"),
          check.value("points", 0.0),
          check.value("earned", 0.0)};
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::tested:
      return "tested";
    case Outcome::not_started:
      return "not started";
    case Outcome::stopped:
      return "stopped";
    case Outcome::judge_lost:
      return "judge lost";
    case Outcome::not_handed_in:
      return "not handed in";
  }
  return "";
}

double Grade::earned() const {
  double sum = 0;
  for (const auto& check : checks) sum += check.earned;
  return sum;
}

std::vector<AreaGrade> Grade::areas() const {
  std::vector<AreaGrade> all;
  for (const auto& check : checks) {
    if (check.points <= 0) continue;
    const auto same = [&](const AreaGrade& area) { return area.area == check.area; };
    auto area = std::find_if(all.begin(), all.end(), same);
    if (area == all.end()) area = all.insert(all.end(), {check.area, 0, 0});
    area->points += check.points;
    area->earned += check.earned;
  }
  return all;
}

bool Grade::needs_a_look() const {
  if (outcome == Outcome::judge_lost || outcome == Outcome::stopped) return true;
  return outcome == Outcome::tested && std::any_of(checks.begin(), checks.end(), [](const CheckGrade& check) {
           return is_must(check) && check.status == "inconclusive";
         });
}

std::string Grade::first_failure() const {
  if (outcome != Outcome::tested) return reason.empty() ? std::string(to_string(outcome)) : reason;
  for (const char* status : {"fail", "inconclusive", "blocked"}) {
    for (const auto& check : checks) {
      if (is_must(check) && check.status == status) return fmt::format("{}: {}", check.id, check.message);
    }
  }
  return reason;
}

std::string Grade::fingerprint() const {
  if (outcome != Outcome::tested) return std::string(to_string(outcome));
  std::string ids;
  for (const auto& check : checks) {
    if (!did_not_pass(check) || check.level == "info") continue;
    ids += fmt::format("{}{} {}", ids.empty() ? "" : ", ", check.id, check.status);
  }
  return ids;
}

void read_report(const Json& report, Grade& grade) {
  grade.checks.clear();
  for (const auto& check : report.value("checks", Json::array())) grade.checks.push_back(read_check(check));
  const auto reason_of = [&](const char* field) {
    return report.contains(field) && report[field].is_string() ? report[field].get<std::string>() : "";
  };
  grade.possible = report.contains("score") ? report["score"].value("possible", 0.0) : 0;
  grade.sandbox = reason_of("sandbox");
  grade.notes = report.value("notes", std::vector<std::string>());
  if (const auto unreachable = reason_of("unreachable"); !unreachable.empty()) {
    grade.outcome = Outcome::not_started;
    grade.reason = unreachable;
  } else if (const auto bug = reason_of("internal_error"); !bug.empty()) {
    grade.outcome = Outcome::judge_lost;
    grade.reason = "an error inside the judge: " + bug;
  }
}

std::string points_text(double points) {
  return fmt::format("{:g}", std::round(points * 1000) / 1000);
}

std::string to_file(const Grade& grade, const Json& report) {
  const Json file = {{"id", grade.id},
                     {"name", grade.name},
                     {"source", grade.source},
                     {"late", grade.late},
                     {"key", grade.key},
                     {"outcome", to_string(grade.outcome)},
                     {"reason", grade.reason},
                     {"score", {{"earned", grade.earned()}, {"possible", grade.possible}}},
                     {"run", grade.has_run ? Json("runs/" + file_name_of(grade.id) + ".html") : Json()},
                     {"report", report}};
  return file.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Grade> from_file(const std::string& text) {
  try {
    const auto file = Json::parse(text);
    Grade grade;
    if (file.at("report").is_object()) read_report(file["report"], grade);
    grade.id = file.at("id");
    grade.name = file.at("name");
    grade.source = file.at("source");
    grade.late = file.at("late");
    grade.key = file.at("key");
    grade.reason = file.at("reason");
    grade.possible = file.at("score").at("possible");
    grade.has_run = !file.at("run").is_null();
    const auto named = file.at("outcome").get<std::string>();
    const auto* outcome = std::find_if(std::begin(outcomes), std::end(outcomes),
                                       [&](Outcome one) { return to_string(one) == named; });
    if (outcome == std::end(outcomes)) return std::nullopt;
    grade.outcome = *outcome;
    return grade;
  } catch (const Json::exception&) {
    return std::nullopt;  // not written by this program; it is graded anew
  }
}

}  // namespace chatlab::grade
