#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/trim.hpp>

#include "conformance/legible.hpp"
#include "conformance/report/causes.hpp"
#include "conformance/report/markup.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

class MarkdownReport {
 public:
  explicit MarkdownReport(const RunResult& result) : result_(result) {}

  std::string write() {
    add("# {}: {:g} of {:g} points\n\nServer: {}\n", escaped_markdown(result_.suite->title), result_.earned(),
        result_.possible(), escaped_markdown(result_.target));
    if (result_.internal_error) {
      add("\n**An error inside chatlab-conformance:** {}\n", escaped_markdown(*result_.internal_error));
    }
    if (result_.unreachable) {
      add("\n**The server cannot be tested:**\n\n{}", fenced(*result_.unreachable));
      return std::move(text_);
    }
    if (result_.speaks)
      add("\n**This server speaks another edition of the lab: grade it with `--suite {}`.**\n",
          *result_.speaks);
    const auto causes = find_causes(result_);
    if (!causes.empty()) add("\n## What did not pass\n");
    for (const auto& cause : causes) write_cause(cause);
    write_table();
    if (result_.behaves_like) add("\n{}\n", escaped_markdown(behaves_like_words(*result_.behaves_like)));
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  void write_cause(const Cause& cause) {
    const auto& result = *cause.root;
    const auto& check = *result.check;
    add("\n### {} {}\n\n", sign_of(result), escaped_markdown(check.id));
    add("{}\n", escaped_markdown(result.verdict.message));
    for (const auto& note : result.notes) add("\nNote: {}\n", escaped_markdown(note));
    if (result.verdict.status == Status::failed) {
      add("\n");
      if (check.level != Level::must) add("- {}: not graded\n", to_string(check.level));
      if (!result.verdict.diagnosis.empty())
        add("- Most likely: {}\n", escaped_markdown(result.verdict.diagnosis));
      if (!check.quote.empty())
        add("- From {}: “{}”\n", escaped_markdown(result_.suite->handout), escaped_markdown(check.quote));
      add("- Rule {}: {}\n- Hint: {}\n\n", check.rule, escaped_markdown(check.title),
          escaped_markdown(check.hint));
      add("{}", fenced(fmt::format("{} --only {}", result_.command, check.id)));
      const auto output = boost::algorithm::trim_copy(result.server_output);
      if (!output.empty()) {
        add("\n<details><summary>What the server printed</summary>\n\n{}\n</details>\n", fenced(output));
      }
    }
    if (cause.blocked.empty()) return;
    add("\n<details><summary>Not judged because of it: {} ({})</summary>\n\n",
        cause.blocked.size() == 1 ? "1 check" : fmt::format("{} checks", cause.blocked.size()),
        points_in_words(blocked_points(cause)));
    for (const auto* blocked : cause.blocked) {
      add("- {}: {}\n", escaped_markdown(blocked->check->id), escaped_markdown(blocked->check->title));
    }
    add("\n</details>\n");
  }

  void write_table() {
    add("\n## All checks\n\n| | check | level | points | |\n| --- | --- | --- | --- | --- |\n");
    for (const auto& result : result_.checks) {
      if (result.verdict.status == Status::skipped && result.verdict.message.empty())
        continue;  // not asked for
      const auto& check = *result.check;
      const auto points =
          check.level == Level::must ? fmt::format("{:g} of {:g}", result.earned(), check.points) : "";
      add("| {} {} | {} | {} | {} | {} |\n", sign_of(result), to_string(result.verdict.status),
          escaped_markdown(check.id), to_string(check.level), points, escaped_markdown(check.title));
    }
  }

  static std::string_view sign_of(const CheckResult& result) {
    switch (result.verdict.status) {
      case Status::passed:
        return "✅";
      case Status::failed:
        return result.check->level == Level::must ? "❌" : "⚠️";
      case Status::blocked:
      case Status::skipped:
        return "➖";
      case Status::inconclusive:
        break;
    }
    return "❔";
  }

  /// A block in which nothing is formatting: its fence is longer than any run of backticks inside.
  static std::string fenced(const std::string& text) {
    constexpr std::size_t shown_bytes = 4000;
    const auto inside = printable(shortened(text, shown_bytes), true);
    std::size_t longest = 2, run = 0;
    for (const char letter : inside) longest = std::max(longest, run = letter == '`' ? run + 1 : 0);
    const std::string fence(longest + 1, '`');
    return fmt::format("{}\n{}\n{}\n", fence, inside, fence);
  }

  const RunResult& result_;
  std::string text_;
};

}  // namespace

std::string markdown_report(const RunResult& result) {
  return MarkdownReport(result).write();
}

}  // namespace chatlab::conformance
