#include "conformance/grade/class_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/grade/class_figures.hpp"
#include "conformance/grade/class_style.hpp"
#include "conformance/grade/file_name.hpp"
#include "conformance/grade/tables.hpp"
#include "conformance/legible.hpp"
#include "conformance/report/html_style.hpp"
#include "conformance/report/markup.hpp"

namespace chatlab::grade {
namespace {

using conformance::escaped_markup;

std::string link_to(const std::string& id) {
  return "students/" + file_link_to(id) + ".html";
}

struct Sign {
  const char* style;
  const char* text;
};

Sign sign_of(const CheckGrade& check) {
  if (check.status == "pass") return {"p", "✓"};
  if (check.status == "fail") return check.level == "must" ? Sign{"f", "✗"} : Sign{"w", "!"};
  if (check.status == "inconclusive") return {"w", "?"};
  if (check.status == "blocked") return {"b", "–"};
  return {"s", ""};
}

class ClassPage {
 public:
  ClassPage(const std::vector<Grade>& grades, const std::string& title)
      : grades_(grades), title_(title), figures_(figures_of(grades)) {}

  std::string write(const std::vector<std::string>& complaints) {
    write_head();
    write_summary();
    write_complaints(complaints);
    write_looks();
    add("<div class=\"side\">\n");
    write_bars();
    write_failing();
    add("</div>\n");
    write_groups();
    write_matrix();
    add("<footer>{}. ✓ pass, ✗ a must that failed, ! a should or an info that failed, – not judged because "
        "of "
        "another failure, ? not conclusive.</footer>\n</main>\n</body>\n</html>\n",
        "chatlab-conformance " CHATLAB_VERSION);
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  void write_head() {
    const auto title = escaped_markup(title_);
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}: {} students</title>\n<style>{}{}</style>\n</head>\n<body "
        "class=\"class\">\n<main>\n<h1>{}</h1>\n",
        title, grades_.size(), conformance::html_style(), class_style(), title);
  }

  void write_summary() {
    add("<p class=\"score\"><strong>{} of {}</strong> <span>handed in</span>", figures_.handed_in,
        grades_.size());
    if (figures_.handed_in > 0) {
      add(" <span>mean <b>{:.2f}</b> of {}</span> <span>median <b>{}</b></span> <span>full marks "
          "<b>{}</b></span>",
          figures_.mean, points_text(figures_.possible), points_text(figures_.median), figures_.full_marks);
    }
    const auto not_started = std::count_if(grades_.begin(), grades_.end(), [](const Grade& grade) {
      return grade.outcome == Outcome::not_started;
    });
    if (not_started) add(" <span>not started <b>{}</b></span>", not_started);
    add("</p>\n");
  }

  void write_complaints(const std::vector<std::string>& complaints) {
    if (complaints.empty()) return;
    add("<section class=\"card trouble\"><h3>Not graded: lines of the roster that could not be "
        "read</h3><ul>\n");
    for (const auto& complaint : complaints) add("<li>{}</li>\n", escaped_markup(complaint));
    add("</ul></section>\n");
  }

  /// A score that should not be trusted blindly comes first.
  void write_looks() {
    if (figures_.need_a_look == 0) return;
    add("<section class=\"card trouble\"><h3>Need a look before their score counts</h3><ul>\n");
    for (const auto& grade : grades_) {
      if (!grade.needs_a_look()) continue;
      add("<li>{}: {}</li>\n", link(grade),
          escaped_markup(conformance::shortened(brief(grade.first_failure()))));
    }
    add("</ul></section>\n");
  }

  static std::string link(const Grade& grade) {
    return fmt::format("<a href=\"{}\">{}</a>", link_to(grade.id), escaped_markup(grade.name));
  }

  void write_bars() {
    if (figures_.bars.empty()) return;
    std::size_t most = 1;
    for (const auto& bar : figures_.bars) most = std::max(most, bar.count);
    add("<section><h2>Scores</h2>\n<table class=\"bars\">\n");
    for (const auto& bar : figures_.bars) {
      const bool is_last = &bar == &figures_.bars.back();
      add("<tr><th>{} to {}{}</th><td><span class=\"bar\" style=\"width:{:.1f}%\"></span></td><td "
          "class=\"time\">{}</td></tr>\n",
          points_text(bar.from), is_last ? "" : "under ", points_text(bar.to),
          100.0 * static_cast<double>(bar.count) / static_cast<double>(most), bar.count);
    }
    add("</table></section>\n");
  }

  void write_failing() {
    constexpr std::size_t shown = 10;
    std::vector<const CheckFigures*> failing;
    for (const auto& check : figures_.checks) {
      if (check.failed > 0) failing.push_back(&check);
    }
    const auto is_graded = [](const CheckFigures* check) { return check->points > 0; };
    std::stable_sort(
        failing.begin(), failing.end(), [&](const CheckFigures* left, const CheckFigures* right) {
          return std::pair(is_graded(left), left->failed) > std::pair(is_graded(right), right->failed);
        });
    if (failing.size() > shown) failing.resize(shown);
    add("<section><h2>What most fail</h2>\n");
    if (failing.empty()) add("<p>No check was failed by anybody.</p>\n");
    add("<table class=\"bars long\">\n");
    for (const auto* check : failing) {
      add("<tr><th>{}<br><span class=\"soft\">{}{}</span></th><td><span class=\"bar bad\" "
          "style=\"width:{:.1f}%\"></span></td><td class=\"time\">{}</td></tr>\n",
          escaped_markup(check->id), escaped_markup(check->title), is_graded(check) ? "" : " (not graded)",
          100.0 * static_cast<double>(check->failed) /
              static_cast<double>(std::max<std::size_t>(1, grades_.size())),
          check->failed);
    }
    add("</table></section>\n");
  }

  void write_groups() {
    add("<h2>Who fails alike</h2>\n");
    if (figures_.groups.empty()) add("<p class=\"soft\">No two submissions fail in the same way.</p>\n");
    for (const auto& group : figures_.groups) {
      const auto& example = group.example.empty() ? group.what : group.example;
      add("<details class=\"check\"><summary><span class=\"id\">{} submissions</span> {}</summary><div "
          "class=\"inside\">\n<p>{}</p>\n<p class=\"soft\">{}</p>\n</div></details>\n",
          group.members.size(), escaped_markup(conformance::shortened(example)), links(group.members),
          escaped_markup(group.what));
    }
  }

  std::string links(const std::vector<std::size_t>& members) const {
    std::string all;
    for (const auto member : members) all += (all.empty() ? "" : ", ") + link(grades_[member]);
    return all;
  }

  void write_matrix() {
    add("<h2>Students and checks</h2>\n<div class=\"matrix\"><table>\n<thead><tr><th "
        "class=\"who\">student</th>"
        "<th>id</th><th>score</th>");
    for (const auto& check : figures_.checks) {
      add("<th class=\"check-name{}\" title=\"{}\"><span>{}</span></th>", check.points > 0 ? " graded" : "",
          escaped_markup(check.title), escaped_markup(check.id));
    }
    add("</tr></thead>\n<tbody>\n");
    for (const auto& grade : grades_) write_row(grade);
    add("</tbody></table></div>\n");
  }

  void write_row(const Grade& grade) {
    const bool scored = grade.outcome != Outcome::not_handed_in;
    add("<tr><th class=\"who\">{}{}</th><td>{}</td><td class=\"time\">{}</td>", link(grade),
        grade.late ? " <span class=\"level\">late</span>" : "", escaped_markup(grade.id),
        scored ? points_text(grade.earned()) : "");
    if (grade.outcome != Outcome::tested || grade.checks.empty()) {
      add("<td class=\"whole\" colspan=\"{}\"><strong>{}</strong> {}</td></tr>\n",
          std::max<std::size_t>(1, figures_.checks.size()), to_string(grade.outcome),
          scored ? escaped_markup(conformance::shortened(brief(grade.reason))) : "");
      return;
    }
    for (const auto& check : figures_.checks) {
      const auto same = [&](const CheckGrade& one) { return one.id == check.id; };
      const auto found = std::find_if(grade.checks.begin(), grade.checks.end(), same);
      const auto [style, text] = found == grade.checks.end() ? Sign{"s", ""} : sign_of(*found);
      add("<td class={}>{}</td>", style, text);
    }
    add("</tr>\n");
  }

  const std::vector<Grade>& grades_;
  const std::string& title_;
  const ClassFigures figures_;
  std::string text_;
};

}  // namespace

std::string class_page(const std::vector<Grade>& grades, const std::string& title,
                       const std::vector<std::string>& complaints) {
  return ClassPage(grades, title).write(complaints);
}

std::string student_page(const Grade& grade, const std::string& title) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}: {1}</title>\n<style>{2}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n"
      "<p class=\"score\"><strong>{3}</strong></p>\n"
      "<section class=\"card trouble\"><h3>{4}</h3>\n<pre>{5}</pre></section>\n</main>\n</body>\n</html>\n",
      escaped_markup(title), escaped_markup(result_text(grade)), conformance::html_style(),
      grade.outcome == Outcome::not_handed_in ? "no score" : points_text(grade.earned()) + " points",
      escaped_markup(to_string(grade.outcome)), escaped_markup(grade.first_failure(), true));
}

}  // namespace chatlab::grade
