#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/markup.hpp"
#include "conformance/report/report.hpp"

namespace chatlab::conformance {
namespace {

class JunitReport {
 public:
  explicit JunitReport(const RunResult& result) : result_(result) {}

  std::string write() {
    const auto counts = fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")",
                                    result_.checks.size(), count(Status::failed), count(Status::inconclusive),
                                    count(Status::blocked) + count(Status::skipped),
                                    static_cast<double>(result_.duration.count()) / 1000.0);
    add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"chatlab-conformance\" {}>\n", counts);
    add("  <testsuite name=\"{}\"{} {}>\n", escaped_markup(result_.suite->name), timestamp(), counts);
    add("    <properties>\n");
    write_property("target", result_.target);
    write_property("score", fmt::format("{:g} of {:g} points", result_.earned(), result_.possible()));
    add("    </properties>\n");
    for (const auto& check : result_.checks) write_check(check);
    write_trouble();
    add("  </testsuite>\n</testsuites>\n");
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  std::size_t count(Status status) const {
    return static_cast<std::size_t>(
        std::count_if(result_.checks.begin(), result_.checks.end(),
                      [&](const CheckResult& one) { return one.verdict.status == status; }));
  }

  std::string timestamp() const {
    if (result_.started_at.empty()) return "";
    // The readers want it without a zone.
    return fmt::format(R"( timestamp="{}")", result_.started_at.substr(0, result_.started_at.find('Z')));
  }

  void write_property(std::string_view name, const std::string& value) {
    add("      <property name=\"{}\" value=\"{}\"/>\n", name, escaped_markup(value));
  }

  void write_check(const CheckResult& result) {
    const auto& check = *result.check;
    add("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3f}\">\n",
        escaped_markup(result_.suite->name), escaped_markup(check.area()), escaped_markup(check.id),
        static_cast<double>(result.duration.count()) / 1000.0);
    const auto message = escaped_markup(result.verdict.message);
    switch (result.verdict.status) {
      case Status::failed:
        add("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", to_string(check.level), message,
            help(result));
        break;
      case Status::inconclusive:
        add("      <error type=\"inconclusive\" message=\"{}\"/>\n", message);
        break;
      case Status::blocked:
        add("      <skipped message=\"blocked: {}\"/>\n", message);
        break;
      case Status::skipped:
        add("      <skipped message=\"{}\"/>\n", message.empty() ? "not asked for" : message);
        break;
      case Status::passed:
        break;
    }
    write_evidence(result);
    add("    </testcase>\n");
  }

  std::string help(const CheckResult& result) const {
    const auto& check = *result.check;
    std::string text = result.verdict.message;
    if (check.level != Level::must) text += fmt::format("\n({}: not graded)", to_string(check.level));
    if (!result.verdict.diagnosis.empty()) text += "\nmost likely: " + result.verdict.diagnosis;
    if (!check.quote.empty()) text += fmt::format("\n{}: \"{}\"", result_.suite->handout, check.quote);
    text += fmt::format("\nrule {} of PROTOCOL.md: {}\nhint: {}\nagain: {} --only {}", check.rule,
                        check.title, check.hint, result_.command, check.id);
    return escaped_markup(text, true);
  }

  void write_evidence(const CheckResult& result) {
    std::string text;
    for (const auto& note : result.notes) text += fmt::format("note: {}\n", note);
    for (const auto& expectation : result.proof.expectations) {
      text += fmt::format("{}: {}\n", expectation.is_kept() ? "kept" : "not kept", expectation.words);
    }
    if (!text.empty()) add("      <system-out>{}</system-out>\n", escaped_markup(text, true));
    if (result.server_output.empty()) return;
    add("      <system-err>{}</system-err>\n", escaped_markup(result.server_output, true));
  }

  void write_trouble() {
    std::string text;  // one element: the readers' schema has no second
    if (result_.unreachable) text += *result_.unreachable;
    if (result_.internal_error) text += "An error inside chatlab-conformance: " + *result_.internal_error;
    if (!text.empty()) add("    <system-err>{}</system-err>\n", escaped_markup(text, true));
  }

  const RunResult& result_;
  std::string text_;
};

}  // namespace

std::string junit_report(const RunResult& result) {
  return JunitReport(result).write();
}

}  // namespace chatlab::conformance
