#include "conformance/grade/class_figures.hpp"

#include <algorithm>
#include <map>

namespace chatlab::grade {
namespace {

/// Ten bars between nothing and everything.
std::vector<Bar> bars_of(const std::vector<double>& scores, double possible) {
  constexpr std::size_t count = 10;
  std::vector<Bar> bars;
  if (possible <= 0) return bars;
  const double width = possible / count;
  for (std::size_t i = 0; i < count; ++i) {
    bars.push_back({width * static_cast<double>(i), width * static_cast<double>(i + 1), 0});
  }
  constexpr double rounding = 1e-9;  // sums of tenths of points
  for (const double score : scores) {
    const auto which = static_cast<std::size_t>(std::max(0.0, score / width + rounding));
    ++bars[std::min(which, count - 1)].count;
  }
  return bars;
}

void count_checks(const Grade& grade, std::vector<CheckFigures>& figures) {
  for (const auto& check : grade.checks) {
    const auto same = [&](const CheckFigures& one) { return one.id == check.id; };
    auto found = std::find_if(figures.begin(), figures.end(), same);
    if (found == figures.end()) {
      found = figures.insert(figures.end(), {check.id, check.area, check.title, check.level, check.points});
    }
    if (grade.outcome != Outcome::tested) continue;
    found->passed += check.status == "pass";
    found->failed += check.status == "fail";
    found->blocked += check.status == "blocked" || check.status == "inconclusive";
  }
}

std::vector<Alike> groups_of(const std::vector<Grade>& grades) {
  std::map<std::string, std::vector<std::size_t>> by_fingerprint;
  for (std::size_t i = 0; i < grades.size(); ++i) {
    const auto& grade = grades[i];
    auto fingerprint = grade.fingerprint();
    // Not started for the same reason is alike; for another reason it is not.
    if (grade.outcome == Outcome::not_started) fingerprint += ": " + brief(grade.reason);
    if (!fingerprint.empty() && grade.outcome != Outcome::not_handed_in)
      by_fingerprint[fingerprint].push_back(i);
  }
  std::vector<Alike> groups;
  for (auto& [what, members] : by_fingerprint) {
    if (members.size() < 2) continue;
    groups.push_back({what, brief(grades[members.front()].first_failure()), members});
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Alike& left, const Alike& right) {
    return left.members.size() > right.members.size();
  });
  return groups;
}

}  // namespace

std::string brief(const std::string& reason) {
  const auto first_end = reason.find('\n');
  if (first_end == std::string::npos) return reason;
  const auto last_end = reason.find_last_not_of('\n');
  const auto last_begin = reason.rfind('\n', last_end);
  if (last_begin == std::string::npos) return reason.substr(0, first_end);
  return reason.substr(0, first_end) + " ... " + reason.substr(last_begin + 1, last_end - last_begin);
}

ClassFigures figures_of(const std::vector<Grade>& grades) {
  ClassFigures figures;
  std::vector<double> scores;
  for (const auto& grade : grades) {
    count_checks(grade, figures.checks);
    figures.possible = std::max(figures.possible, grade.possible);
    if (grade.outcome == Outcome::not_handed_in) continue;
    scores.push_back(grade.earned());
    figures.full_marks += grade.full_marks();
    figures.need_a_look += grade.needs_a_look();
  }
  figures.handed_in = scores.size();
  figures.groups = groups_of(grades);
  figures.bars = bars_of(scores, figures.possible);
  if (scores.empty()) return figures;
  std::sort(scores.begin(), scores.end());
  for (const double score : scores) figures.mean += score / static_cast<double>(scores.size());
  const auto middle = scores.size() / 2;
  figures.median = scores.size() % 2 ? scores[middle] : (scores[middle - 1] + scores[middle]) / 2;
  return figures;
}

}  // namespace chatlab::grade
