#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <string_view>

#include "conformance/legible.hpp"
#include "conformance/report/causes.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

namespace colour {
constexpr std::string_view green = "\x1b[32m", red = "\x1b[31m", yellow = "\x1b[33m", dim = "\x1b[2m",
                           bold = "\x1b[1m", none = "\x1b[0m";
}

constexpr auto indent = "      ";

class TextReport {
 public:
  TextReport(const RunResult& result, const Style& style)
      : result_(result), style_(style), causes_(find_causes(result)) {}

  std::string write() {
    add("{}{}{} against {}\n", paint(colour::bold), result_.suite->title, paint(colour::none),
        result_.target);
    if (!result_.sandbox.empty()) add("sandbox: {}\n", printable(result_.sandbox));
    for (const auto& note : result_.notes) add("note: {}\n", printable(note));
    if (result_.unreachable) {
      add("\n{}The server cannot be tested:{} {}\n", paint(colour::red), paint(colour::none),
          printable(*result_.unreachable, true));
    } else {
      write_checks();
    }
    if (result_.internal_error) {
      add("\n{}An error inside chatlab-conformance:{} {}\n", paint(colour::red), paint(colour::none),
          printable(*result_.internal_error));
    }
    if (result_.speaks)
      add("\nThis server speaks another edition of the lab: grade it with --suite {}\n", *result_.speaks);
    write_summary();
    if (result_.behaves_like) add("{}\n", behaves_like_words(*result_.behaves_like));
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }
  std::string_view paint(std::string_view code) const { return style_.colour ? code : std::string_view(); }

  void write_checks() {
    std::string_view area;
    for (const auto& check : result_.checks) {
      if (check.verdict.status == Status::skipped && check.verdict.message.empty())
        continue;  // not asked for
      if (is_folded(check)) continue;
      if (check.check->area() != area)
        add("\n{}{}{}\n", paint(colour::bold), area = check.check->area(), paint(colour::none));
      write_check(check);
    }
  }

  void write_check(const CheckResult& result) {
    const auto& check = *result.check;
    const auto [sign, code] = sign_of(result);
    add("  {}{}{} {}", paint(code), sign, paint(colour::none), check.id);
    if (result.verdict.status == Status::passed) {
      add("  {}{}{}\n", paint(colour::dim), check.title, paint(colour::none));
    } else {
      add(": {}\n", printable(result.verdict.message));
    }
    if (!result.verdict.diagnosis.empty()) add("{}most likely: {}\n", indent, result.verdict.diagnosis);
    for (const auto& note : result.notes) add("{}note: {}\n", indent, printable(note));
    if (result.verdict.status == Status::failed) {
      write_help(check);
      write_output(result);
    }
    write_folded(result);
    if (style_.transcript) write_transcripts(result);
  }

  /// True where it is told under the check that explains it.
  bool is_folded(const CheckResult& result) const {
    return std::any_of(causes_.begin(), causes_.end(), [&](const Cause& cause) {
      return std::find(cause.blocked.begin(), cause.blocked.end(), &result) != cause.blocked.end();
    });
  }

  void write_folded(const CheckResult& result) {
    const auto is = [&](const Cause& cause) { return cause.root == &result; };
    const auto cause = std::find_if(causes_.begin(), causes_.end(), is);
    if (cause == causes_.end() || cause->blocked.empty()) return;
    const auto points = blocked_points(*cause);
    add("{}not judged because of it{}: {}{}{}\n", indent,
        points > 0 ? fmt::format(" ({})", points_in_words(points)) : "", paint(colour::dim),
        ids_of(cause->blocked), paint(colour::none));
  }

  void write_help(const Check& check) {
    if (check.level != Level::must) add("{}({}: not graded)\n", indent, to_string(check.level));
    if (!check.quote.empty()) add("{}{}: \"{}\"\n", indent, result_.suite->handout, check.quote);
    add("{}rule {} of PROTOCOL.md: {}\n", indent, check.rule, check.title);
    add("{}hint: {}\n", indent, check.hint);
    add("{}again: {} --only {}\n", indent, result_.command, check.id);
  }

  /// The end of what a launched server printed: a traceback says more than any hint.
  void write_output(const CheckResult& result) {
    if (result.server_output.empty()) return;
    constexpr std::size_t shown_lines = 8;
    std::vector<std::string> lines;
    const auto output = boost::algorithm::trim_copy(result.server_output);
    boost::algorithm::split(lines, output, [](char c) { return c == '\n'; });
    add("{}the server printed:\n", indent);
    for (std::size_t i = lines.size() - std::min(lines.size(), shown_lines); i < lines.size(); ++i) {
      add("{}{}  {}{}\n", indent, paint(colour::dim), printable(shortened(lines[i])), paint(colour::none));
    }
  }

  static std::pair<std::string_view, std::string_view> sign_of(const CheckResult& result) {
    switch (result.verdict.status) {
      case Status::passed:
        return {"✓", colour::green};
      case Status::failed:
        if (result.check->level == Level::must) return {"✗", colour::red};
        return {"!", colour::yellow};
      case Status::blocked:
      case Status::skipped:
        return {"-", colour::dim};
      case Status::inconclusive:
        break;
    }
    return {"?", colour::yellow};
  }

  void write_transcripts(const CheckResult& result) {
    constexpr std::size_t shown_bytes = 400;
    for (const auto& transcript : result.transcripts) {
      for (std::size_t i = 0; i < transcript.events.size(); ++i) {
        const auto& event = transcript.events[i];
        add("{}{}{:>9.3f} ms  {:<8} {} {}{}{}\n", indent, paint(colour::dim),
            static_cast<double>(event.at.count()) / 1000.0, transcript.client, arrow_of(event),
            printable(shortened(event.text, shown_bytes)), mark_of(result.proof, {transcript.client, i}),
            paint(colour::none));
      }
    }
    for (const auto& expectation : result.proof.expectations) {
      add("{}{} {}\n", indent,
          expectation.is_kept() ? "kept:    " : "not kept:", printable(expectation.words));
    }
    for (const auto& segment : result.proof.segments) {
      const auto words = closing_words(segment);
      if (!words.empty()) add("{}fence:    {}\n", indent, words);
    }
  }

  /// What the frame means for the verdict.
  static std::string_view mark_of(const Proof& proof, const Proof::Frame& frame) {
    switch (proof.role_of(frame)) {
      case Proof::Role::met:
        return "  [wanted]";
      case Proof::Role::unwanted:
        return "  [should not have come]";
      case Proof::Role::marker:
        return "  [fence]";
      case Proof::Role::none:
        break;
    }
    return "";
  }

  static std::string_view arrow_of(const Event& event) {
    switch (event.kind) {
      case Event::Kind::connected:
        return "connected to";
      case Event::Kind::sent:
        return event.is_text ? "-->" : "--> (binary)";
      case Event::Kind::received:
        return event.is_text ? "<--" : "<-- (binary)";
      case Event::Kind::pinged:
        return "--> (ping)";
      case Event::Kind::pong:
        return "<-- (pong)";
      case Event::Kind::closed_by_us:
        return "left:";
      case Event::Kind::closed_by_server:
        return "ended by the server:";
    }
    return "";
  }

  void write_summary() {
    add("\n{}{:g} of {:g} points{}",
        paint(result_.earned() == result_.possible() ? colour::green : colour::red), result_.earned(),
        result_.possible(), paint(colour::none));
    for (const auto level : {Level::must, Level::should, Level::info}) {
      const auto counts = count(level);
      if (!counts.empty()) add("   {}: {}", to_string(level), counts);
    }
    add("   {}in {:.2f} s{}\n", paint(colour::dim), static_cast<double>(result_.duration.count()) / 1000.0,
        paint(colour::none));
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

  const RunResult& result_;
  const Style& style_;
  std::vector<Cause> causes_;
  std::string text_;
};

}  // namespace

std::string text_report(const RunResult& result, const Style& style) {
  return TextReport(result, style).write();
}

std::string behaves_like_words(const std::string& mistake) {
  return "This server behaves like a server that differs from a right one in one thing: " + mistake;
}

std::string list_checks(const Suite& suite) {
  std::string text;
  for (const auto& check : suite.checks) {
    text += fmt::format("{:<34} {:<7} {:<5} {}\n", check.id, to_string(check.level),
                        check.points > 0 ? fmt::format("{:g}", check.points) : "", check.title);
  }
  return text;
}

std::string quoted_for_shell(const std::string& argument) {
  constexpr auto harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%[]";
  if (!argument.empty() && argument.find_first_not_of(harmless) == std::string::npos) return argument;
  std::string quoted = "'";
  for (const char letter : argument) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

}  // namespace chatlab::conformance
