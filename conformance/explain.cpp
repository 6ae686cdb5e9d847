#include "conformance/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "conformance/example.hpp"
#include "conformance/legible.hpp"
#include "conformance/report/diagram.hpp"
#include "conformance/variables.hpp"
#include "conformance/words.hpp"

namespace chatlab::conformance {
namespace {

constexpr auto example_tag = "example";

/// How many letters one has to change, add or take away to make one word of the other (Levenshtein).
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= one.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const auto replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// The step with its variables filled in, and not written out: "20 times" stays.
Step filled_in(Step step, const Variables& variables) {
  if (auto* send = std::get_if<Send>(&step.action)) {
    send->message = variables.fill_in(send->message, 1, send->clients.front());
  } else if (auto* receive = std::get_if<Receive>(&step.action)) {
    for (auto& pattern : receive->patterns) pattern = variables.fill_in(pattern, 1);
  } else if (auto* never = std::get_if<NeverReceive>(&step.action)) {
    never->pattern = variables.fill_in(never->pattern, 0);
  } else if (auto* repeat = std::get_if<Repeat>(&step.action)) {
    for (auto& inner : repeat->steps) inner = filled_in(inner, variables);
  }
  return step;
}

class Explanation {
 public:
  explicit Explanation(const Check& check) : check_(check) {}

  std::string write() {
    add("{}: {}\n\n", check_.id, check_.title);
    const auto points = check_.level == Level::must     ? fmt::format("must, {:g} points", check_.points)
                        : check_.level == Level::should ? "should: reported, not graded"
                                                        : "info: told, not graded";
    add("level      {}\nrule       {} of PROTOCOL.md\n", points, check_.rule);
    add("hand-out   {}\n",
        check_.quote.empty() ? "has no sentence of its own for this" : '"' + check_.quote + '"');
    if (!check_.needs.empty()) add("needs      {}\n", fmt::join(needs(), ", "));
    add("hint       {}\n", check_.hint);
    write_script();
    write_example();
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  std::vector<std::string> needs() const {
    std::vector<std::string> words;
    for (const auto& need : check_.needs) {
      words.push_back(need == relay_need        ? "that something one client sends reaches another"
                      : need == chat_relay_need ? "that a chat of one client reaches another"
                                                : need);
    }
    return words;
  }

  void write_script() {
    const Variables variables(check_, example_tag);
    add("\nWhat is done\n");
    const auto diagram = example();
    if (!diagram.before.empty()) add("  0. {}.\n", diagram.before);
    int number = 0;
    for (const auto& step : check_.script) {
      add("  {}. {}\n", ++number, in_words(filled_in(step, variables), example_tag));
    }
  }

  void write_example() {
    add("\nWith a right server, for example\n");
    for (const auto& words : diagram_in_words(example())) add("  {}\n", words);
  }

  Diagram example() const {
    CheckResult result;
    result.check = &check_;
    auto record = example_record(*make_plan(check_, example_tag));  // parse_suite has rehearsed it
    result.proof = prove(record, {example_tag, true});
    result.transcripts = std::move(record.transcripts);
    return make_diagram(result);
  }

  const Check& check_;
  std::string text_;
};

}  // namespace

std::vector<std::string> near_ids(const Suite& suite, const std::string& typed) {
  constexpr std::size_t most_named = 3;
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& check : suite.checks) {
    const auto name = std::string_view(check.id).substr(check.area().size() + 1);
    const bool is_part = !typed.empty() && check.id.find(typed) != std::string::npos;
    const auto far = is_part ? 0 : std::min(distance(typed, check.id), distance(typed, name));
    if (far <= std::max<std::size_t>(2, typed.size() / 3)) near.emplace_back(far, check.id);
  }
  std::stable_sort(near.begin(), near.end(),
                   [](auto& left, auto& right) { return left.first < right.first; });
  if (near.size() > most_named) near.resize(most_named);
  std::vector<std::string> ids;
  for (auto& [far, id] : near) ids.push_back(std::move(id));
  return ids;
}

boost::system::result<std::string, ExplainError> explain(const Suite& suite, const std::string& id) {
  const auto is = [&](const Check& check) { return check.id == id; };
  const auto check = std::find_if(suite.checks.begin(), suite.checks.end(), is);
  using Result = boost::system::result<std::string, ExplainError>;  // both could be made from a text
  if (check != suite.checks.end()) return Result(boost::system::in_place_value, Explanation(*check).write());
  const auto near = near_ids(suite, id);
  const auto hint = near.empty() ? "" : fmt::format("; did you mean {}?", fmt::join(near, " or "));
  return ExplainError{fmt::format("the suite {} has no check '{}'{} --list shows them all", suite.name,
                                  printable(id), hint.empty() ? ";" : hint)};
}

}  // namespace chatlab::conformance
