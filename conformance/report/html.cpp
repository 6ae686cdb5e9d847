#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/trim.hpp>

#include "conformance/legible.hpp"
#include "conformance/report/causes.hpp"
#include "conformance/report/diagram.hpp"
#include "conformance/report/html_evidence.hpp"
#include "conformance/report/html_style.hpp"
#include "conformance/report/markup.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

class HtmlReport {
 public:
  HtmlReport(const RunResult& result, const Style& style)
      : result_(result), style_(style), causes_(find_causes(result)) {}

  std::string write() {
    write_head();
    write_score();
    write_trouble();
    if (!result_.unreachable) {
      write_causes();
      write_checks();
    }
    add("<footer>{}{}. A must is graded, a should is reported, an info is told. "
        "{}</footer>\n</main>\n</body>\n</html>\n",
        "chatlab-conformance " CHATLAB_VERSION,
        result_.started_at.empty() ? "" : ", run began " + escaped_markup(result_.started_at),
        "Open a check to see what its verdict rests on.");
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  void write_head() {
    const auto title = escaped_markup(result_.suite->title);
    // Nothing from elsewhere, no scripts: whatever a server has sent stays text.
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}: {:g} of {:g} points</title>\n<style>{}{}</style>\n</head>\n<body>\n<main>\n",
        title, result_.earned(), result_.possible(), html_style(), diagram_style());
    add("<h1>{}</h1>\n<p class=\"soft\">Server: <code>{}</code></p>\n", title,
        escaped_markup(result_.target));
    if (result_.speaks)
      add("<p><strong>This server speaks another edition of the lab: grade it with <code>--suite "
          "{}</code>.</strong></p>\n",
          escaped_markup(*result_.speaks));
    if (!result_.sandbox.empty()) add("<p class=\"soft\">Sandbox: {}</p>\n", escaped_markup(result_.sandbox));
    for (const auto& note : result_.notes) add("<p class=\"soft\">Note: {}</p>\n", escaped_markup(note));
    if (!style_.run_link.empty() && !result_.unreachable)
      add("<p class=\"soft\">The run itself: <a href=\"{}\">who got what when{}</a></p>\n",
          escaped_markup(style_.run_link), printed());
  }

  void write_score() {
    add("<p class=\"score\"><strong>{:g} of {:g} points</strong>", result_.earned(), result_.possible());
    if (exit_code(result_) == ExitCode::inconclusive)
      add(" <span>not conclusive: this is no score yet</span>");
    for (const auto level : {Level::must, Level::should, Level::info}) {
      const auto counts = count(level);
      if (!counts.empty()) add(" <span>{}: {}</span>", to_string(level), counts);
    }
    add(" <span class=\"soft\">in {:.2f} s</span></p>\n",
        static_cast<double>(result_.duration.count()) / 1000.0);
  }

  std::string count(Level level) const {
    std::vector<std::string> parts;
    for (const auto status : {Status::passed, Status::failed, Status::blocked, Status::inconclusive}) {
      const auto number = std::count_if(
          result_.checks.begin(), result_.checks.end(),
          [&](const CheckResult& one) { return one.check->level == level && one.verdict.status == status; });
      if (number) parts.push_back(fmt::format("{} {}", number, to_string(status)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  void write_trouble() {
    const auto tell = [&](const char* what, const std::optional<std::string>& why) {
      if (!why) return;
      add("<section class=\"card trouble\"><h3>{}</h3>\n<pre>{}</pre></section>\n", what,
          escaped_markup(*why, true));
    };
    tell("The server cannot be tested", result_.unreachable);
    tell("An error inside chatlab-conformance", result_.internal_error);
  }

  /// Only of a submission that was started here. Whether it printed anything in a check, two runs need not
  /// have alike.
  const char* printed() const { return result_.sandbox.empty() ? "" : ", and what the server printed"; }

  // ---- what did not pass ----

  void write_causes() {
    if (causes_.empty()) return;
    add("<h2>What did not pass</h2>\n");
    for (const auto& cause : causes_) write_cause(cause);
    if (result_.behaves_like)
      add("<p><strong>{}</strong></p>\n", escaped_markup(behaves_like_words(*result_.behaves_like)));
  }

  void write_cause(const Cause& cause) {
    const auto& result = *cause.root;
    const auto& check = *result.check;
    add("<section class=\"card {} {}\" id=\"{}\">\n<header><span class=\"sign\">{}</span><h3>{}</h3>"
        "<span class=\"level\">{}</span></header>\n",
        to_string(result.verdict.status), to_string(check.level), escaped_markup(check.id), sign_of(result),
        escaped_markup(check.id), worth(check));
    add("<p>{}</p>\n<p class=\"what\">{}</p>\n", escaped_markup(check.title),
        escaped_markup(result.verdict.message));
    write_notes(result);
    if (!result.verdict.diagnosis.empty())
      add("<p><strong>Most likely:</strong> {}</p>\n", escaped_markup(result.verdict.diagnosis));
    if (result.verdict.status == Status::failed) write_help(check);
    write_picture(result);
    write_output(result);
    write_blocked(cause);
    write_evidence_folded(result);
    add("</section>\n");
  }

  void write_help(const Check& check) {
    if (!check.quote.empty())
      add("<blockquote>From {}: “{}”</blockquote>\n", escaped_markup(result_.suite->handout),
          escaped_markup(check.quote));
    add("<dl><dt>Rule</dt><dd>{} of PROTOCOL.md</dd><dt>Hint</dt><dd>{}</dd>", escaped_markup(check.rule),
        escaped_markup(check.hint));
    add("<dt>Again</dt><dd><code>{} --only {}</code></dd></dl>\n", escaped_markup(result_.command),
        escaped_markup(check.id));
  }

  void write_notes(const CheckResult& result) {
    for (const auto& note : result.notes) add("<p class=\"soft\">Note: {}</p>\n", escaped_markup(note));
  }

  void write_picture(const CheckResult& result) {
    if (result.transcripts.empty()) return;
    if (!style_.run_link.empty()) {
      add("<p><a href=\"{}#{}\">What was exchanged{}</a></p>\n", escaped_markup(style_.run_link),
          escaped_markup(result.check->id), printed());
      return;
    }
    add("<div class=\"picture\" tabindex=\"0\">{}</div>\n", diagram_as_svg(make_diagram(result)));
  }

  void write_output(const CheckResult& result) {
    const auto output = boost::algorithm::trim_copy(result.server_output);
    if (output.empty() || !style_.run_link.empty()) return;
    constexpr std::size_t shown_bytes = 8000;
    // A traceback says more about a failure than all the rest.
    add("<details{}><summary>What the server printed</summary><pre>{}</pre></details>\n",
        result.verdict.status == Status::passed ? "" : " open",
        escaped_markup(shortened(output, shown_bytes), true));
  }

  void write_blocked(const Cause& cause) {
    if (cause.blocked.empty()) return;
    const auto points = blocked_points(cause);
    add("<details><summary>Not judged because of it: {}{}</summary><ul>\n",
        cause.blocked.size() == 1 ? "1 check" : fmt::format("{} checks", cause.blocked.size()),
        points > 0 ? ", " + points_in_words(points) : "");
    for (const auto* blocked : cause.blocked) {
      add("<li><strong>{}</strong> <span class=\"level\">{}</span> {}</li>\n",
          escaped_markup(blocked->check->id), worth(*blocked->check), escaped_markup(blocked->check->title));
    }
    add("</ul></details>\n");
  }

  void write_evidence_folded(const CheckResult& result) {
    if (result.proof.expectations.empty()) return;
    add("<details><summary>What this rests on</summary>\n");
    text_ += evidence_as_html(result, style_.transcript);
    add("</details>\n");
  }

  // ---- all checks ----

  void write_checks() {
    add("<h2>All checks</h2>\n");
    for (const auto& result : result_.checks) {
      if (result.verdict.status == Status::skipped && result.verdict.message.empty())
        continue;  // not asked for
      write_check(result);
    }
  }

  void write_check(const CheckResult& result) {
    const auto& check = *result.check;
    const auto status = to_string(result.verdict.status);
    const auto line = fmt::format(
        "<span class=\"sign\">{}</span><span class=\"id\">{}</span><span class=\"level\">{}</span> {}",
        sign_of(result), escaped_markup(check.id), worth(check), escaped_markup(check.title));
    if (result.verdict.status == Status::passed) {
      add("<details class=\"check {}\"><summary>{}</summary><div class=\"inside\" id=\"{}\">\n", status, line,
          escaped_markup(check.id));
      write_notes(result);
      write_picture(result);
      text_ += evidence_as_html(result, style_.transcript);
      write_output(result);
      add("</div></details>\n");
    } else {
      const auto* cause = cause_of(result);
      add("<div class=\"check plain {} {}\">{}{}</div>\n", status, to_string(check.level), line,
          cause ? fmt::format(
                      " <a href=\"#{}\">{}</a>", escaped_markup(cause->root->check->id),
                      cause->root == &result ? "why" : "because of " + escaped_markup(cause->root->check->id))
                : " " + escaped_markup(result.verdict.message));
    }
  }

  const Cause* cause_of(const CheckResult& result) const {
    const auto tells = [&](const Cause& cause) {
      return cause.root == &result ||
             std::find(cause.blocked.begin(), cause.blocked.end(), &result) != cause.blocked.end();
    };
    const auto found = std::find_if(causes_.begin(), causes_.end(), tells);
    return found == causes_.end() ? nullptr : &*found;
  }

  static std::string_view sign_of(const CheckResult& result) {
    switch (result.verdict.status) {
      case Status::passed:
        return "✓ pass";
      case Status::failed:
        return result.check->level == Level::must ? "✗ fail" : "! fail";
      case Status::blocked:
        return "– blocked";
      case Status::skipped:
        return "– skipped";
      case Status::inconclusive:
        break;
    }
    return "? unclear";
  }

  static std::string worth(const Check& check) {
    if (check.level != Level::must) return fmt::format("{}, not graded", to_string(check.level));
    return points_in_words(check.points);
  }

  const RunResult& result_;
  const Style& style_;
  std::vector<Cause> causes_;
  std::string text_;
};

}  // namespace

std::string html_report(const RunResult& result, const Style& style) {
  return HtmlReport(result, style).write();
}

}  // namespace chatlab::conformance
