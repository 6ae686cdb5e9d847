#include "conformance/suite.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <cmath>
#include <set>

#include "conformance/check_reader.hpp"
#include "conformance/pattern.hpp"
#include "conformance/plan.hpp"

namespace chatlab::conformance {
namespace {

/// What one check cannot show alone: a need names an earlier check.
void verify_needs(const YamlReader& root, const std::vector<Check>& checks) {
  std::set<std::string_view> earlier = {relay_need, chat_relay_need};
  for (const auto& check : checks) {
    for (const auto& need : check.needs) {
      if (earlier.count(need)) continue;
      root.fail_at(check.line,
                   fmt::format("{} needs '{}', which is neither the id of an earlier check nor '{}' nor '{}'",
                               check.id, need, relay_need, chat_relay_need));
    }
    earlier.insert(check.id);
  }
}

// ---- what one edition of the lab changes in another one ----

void rename_fields(Json& pattern, const std::string& from, const std::string& to) {
  if (matcher_of(pattern) == "exactly") return;  // what a client sent
  if (pattern.is_object() && pattern.contains(from)) {
    auto value = std::move(pattern[from]);
    pattern.erase(from);
    pattern[to] = std::move(value);
  }
  if (!pattern.is_structured()) return;
  for (auto& item : pattern) rename_fields(item, from, to);
}

void rename_fields(std::vector<Step>& script, const std::string& from, const std::string& to) {
  for (auto& step : script) {
    if (auto* receive = std::get_if<Receive>(&step.action)) {
      for (auto& pattern : receive->patterns) rename_fields(pattern, from, to);
    } else if (auto* never = std::get_if<NeverReceive>(&step.action)) {
      rename_fields(never->pattern, from, to);
    } else if (auto* repeat = std::get_if<Repeat>(&step.action)) {
      rename_fields(repeat->steps, from, to);
    }
  }
}

/// The roster's field has another name in this edition, in what is expected and in what students are told.
void rename_roster(Suite& suite, const std::string& to) {
  const auto from = std::exchange(suite.roster_field, to);
  const auto in_text = [&](std::string& text) {
    boost::algorithm::replace_all(text, '"' + from + '"', '"' + to + '"');
  };
  for (auto& check : suite.checks) {
    rename_fields(check.script, from, to);
    in_text(check.title);
    in_text(check.hint);
    for (auto& diagnosis : check.diagnoses) {
      for (auto* pattern : {&diagnosis.received, &diagnosis.received_by_sender}) {
        if (*pattern) rename_fields(**pattern, from, to);
      }
      in_text(diagnosis.say);
    }
  }
}

auto find_check(std::vector<Check>& checks, std::string_view id) {
  return std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.id == id; });
}

/// "change: {chat.order: {level: info}}"
void change_check(const YamlReader& node, Check& check) {
  node.allow({"title", "level", "points", "hint", "needs"});
  if (const auto title = node.optional("title")) check.title = title->text();
  if (const auto level = node.optional("level")) check.level = read_level(*level);
  if (check.level != Level::must) check.points = 0;
  if (const auto points = node.optional("points")) {
    if (check.level != Level::must) points->fail("only a must carries points");
    check.points = points->number();
  }
  if (const auto hint = node.optional("hint")) check.hint = hint->text();
  if (const auto needs = node.optional("needs")) check.needs = needs->texts();
}

Suite read_base(const YamlReader& root, const FindSuite& find_suite) {
  const auto extends = root.optional("extends");
  if (!extends) {
    for (const char* field : {"roster", "drop", "change"}) {
      if (const auto there = root.optional(field))
        there->fail(fmt::format("'{}' is for a suite that extends another one", field));
    }
    return {};
  }
  if (!find_suite) extends->fail("no other suite can be extended here");
  auto found = find_suite(extends->text());
  if (found.has_error()) extends->fail(found.error().text);
  Suite suite = std::move(*found);
  suite.recognised_by.clear();
  for (auto& check : suite.checks)
    check.line = root.line();  // where this file can mend what is wrong with it
  if (const auto roster = root.optional("roster")) rename_roster(suite, roster->text());
  if (const auto drop = root.optional("drop")) {
    for (const auto& item : drop->items()) {
      const auto check = find_check(suite.checks, item.text());
      if (check == suite.checks.end())
        item.fail(fmt::format("{} has no check '{}'", suite.name, item.text()));
      suite.checks.erase(check);
    }
  }
  if (const auto change = root.optional("change")) {
    for (const auto& [id, fields] : change->fields()) {
      const auto check = find_check(suite.checks, id);
      if (check == suite.checks.end()) fields.fail(fmt::format("{} has no check '{}'", suite.name, id));
      change_check(fields, *check);
    }
  }
  return suite;
}

/// A check of the base's id takes its place; another one follows the last of its area.
void add_check(std::vector<Check>& checks, Check added) {
  const auto same = find_check(checks, added.id);
  if (same != checks.end()) {
    *same = std::move(added);
    return;
  }
  const auto last = std::find_if(checks.rbegin(), checks.rend(),
                                 [&](const Check& check) { return check.area() == added.area(); });
  checks.insert(last == checks.rend() ? checks.end() : last.base(), std::move(added));
}

void read_checks(const YamlReader& root, Suite& suite) {
  const auto general = read_diagnoses(root);
  std::set<std::string> own;
  const auto checks = suite.checks.empty() ? std::optional(root.required("checks")) : root.optional("checks");
  if (!checks) return;
  for (const auto& item : checks->items()) {
    auto check = read_check(item);
    if (!own.insert(check.id).second) item.fail(fmt::format("a second check with the id '{}'", check.id));
    check.line = item.line();
    check.diagnoses.insert(check.diagnoses.end(), general.begin(), general.end());
    // A rehearsal: what is wrong in a script shows now, and not in front of a server.
    const auto plan = make_plan(check, "rehearsal");
    if (plan.has_error()) item.fail_at(plan.error().line, fmt::format("{}: {}", check.id, plan.error().text));
    add_check(suite.checks, std::move(check));
  }
}

Suite read_suite(const YamlReader& root, const FindSuite& find_suite) {
  root.allow({"suite", "title", "extends", "handout", "roster", "points", "recognised by", "drop", "change",
              "diagnose", "checks"});
  auto suite = read_base(root, find_suite);
  suite.name = root.required("suite").text();
  suite.title = root.required("title").text();
  suite.points = root.required("points").number();
  if (const auto handout = root.optional("handout")) suite.handout = handout->text();
  read_checks(root, suite);
  if (suite.checks.empty()) root.required("checks").fail("a suite has at least one check");
  verify_needs(root, suite.checks);
  if (const auto ids = root.optional("recognised by")) {
    suite.recognised_by = ids->texts();
    for (const auto& id : suite.recognised_by) {
      if (find_check(suite.checks, id) == suite.checks.end())
        ids->fail(fmt::format("there is no check '{}'", id));
    }
  }
  double sum = 0;
  for (const auto& check : suite.checks) sum += check.points;
  constexpr double rounding = 1e-9;
  if (std::abs(sum - suite.points) > rounding) {
    root.required("points").fail(
        fmt::format("the suite is worth {} points, but its musts add up to {}", suite.points, sum));
  }
  return suite;
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::info:
      return "info";
  }
  return "";
}

boost::system::result<Suite, SuiteError> parse_suite(const std::string& yaml, const std::string& file,
                                                     const FindSuite& find_suite) {
  try {
    return read_suite(YamlReader(YAML::Load(yaml), file), find_suite);
  } catch (const YAML::Exception& error) {
    return SuiteError{fmt::format("{}:{}: {}", file, error.mark.line + 1, error.msg)};
  } catch (const YamlMistake& mistake) {
    return SuiteError{mistake.what()};
  }
}

}  // namespace chatlab::conformance
