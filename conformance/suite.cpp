#include "conformance/suite.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>

#include "conformance/pattern.hpp"
#include "conformance/plan.hpp"
#include "conformance/yaml_reader.hpp"

namespace chatlab::conformance {
namespace {

Level read_level(const YamlReader& node) {
  const auto text = node.text();
  if (text == "must") return Level::must;
  if (text == "should") return Level::should;
  if (text == "info") return Level::info;
  node.fail("a level is must, should or info");
}

Part::State read_state(const YamlReader& node) {
  const auto text = node.text();
  if (text == "not connected") return Part::State::not_connected;
  if (text == "connected") return Part::State::connected;
  if (text == "logged in") return Part::State::logged_in;
  node.fail("a client is 'not connected', 'connected' or 'logged in'");
}

std::vector<Part> read_clients(const YamlReader& node) {
  std::vector<Part> clients;
  for (const auto& [name, state] : node.fields()) {
    clients.push_back({name, read_state(state)});
  }
  if (clients.empty()) node.fail("a check needs at least one client");
  return clients;
}

constexpr int most_times = 10'000;  // of a message in one step; a check is to last seconds

std::vector<Step> read_script(const YamlReader& node);

Step read_bare_step(const YamlReader& node) {
  const auto sentence = parse_sentence(node.text());
  if (sentence.clients.size() == 1 && sentence.times == 1) {
    const auto& client = sentence.clients.front();
    if (sentence.verb == "connect") return {Connect{client}, node.line()};
    if (sentence.verb == "close") return {Close{client}, node.line()};
    if (sentence.verb == "vanish") return {Vanish{client}, node.line()};
  }
  node.fail(fmt::format("not a step; steps are {}", sentence_examples()));
}

Json read_pattern(const YamlReader& node) {
  auto pattern = node.json();
  if (const auto mistake = pattern_mistake(pattern)) node.fail(*mistake);
  return pattern;
}

Step read_step(const YamlReader& node) {
  if (node.is_text()) return read_bare_step(node);
  const auto fields = node.fields();
  if (fields.size() != 1) node.fail(fmt::format("a step is one sentence; steps are {}", sentence_examples()));
  const auto& [words, body] = fields.front();
  if (words == "fence") {
    const auto clients = parse_clients(body.text());
    if (clients.empty())
      body.fail("a fence names the client, or the clients, that send its marker: 'fence: alice'");
    return {Fence{clients, {}}, node.line()};
  }
  if (words == "repeat") return {Repeat{read_script(body)}, node.line()};
  const auto sentence = parse_sentence(words);
  if (sentence.times > most_times) node.fail(fmt::format("at most {} times", most_times));
  const bool one = sentence.clients.size() == 1;
  if (sentence.verb == "send" && one && !sentence.in_order) {
    return {Send{sentence.clients.front(), body.json(), sentence.times}, node.line()};
  }
  if (sentence.verb == "receive" && (sentence.times == 1 || sentence.in_order)) {
    return {Receive{sentence.clients, {read_pattern(body)}, sentence.times, false}, node.line()};
  }
  if (sentence.verb == "hear" && sentence.times == 1) {
    return {Receive{sentence.clients, {read_pattern(body)}, 1, true}, node.line()};
  }
  if (sentence.verb == "never receive" && sentence.times == 1) {
    return {NeverReceive{sentence.clients, read_pattern(body)}, node.line()};
  }
  node.fail(fmt::format("'{}' is not a step; steps are {}", words, sentence_examples()));
}

std::vector<Step> read_script(const YamlReader& node) {
  std::vector<Step> steps;
  for (const auto& item : node.items()) steps.push_back(read_step(item));
  if (steps.empty()) node.fail("a script has at least one step");
  return steps;
}

Check read_check(const YamlReader& node) {
  node.allow(
      {"id", "title", "level", "points", "rule", "quote", "hint", "needs", "clients", "names", "script"});
  Check check;
  check.id = node.required("id").text();
  const auto dot = check.id.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == check.id.size()) {
    node.required("id").fail("an id is written area.name");
  }
  check.title = node.required("title").text();
  check.level = read_level(node.required("level"));
  if (check.level == Level::must) {
    check.points = node.required("points").number();
  } else if (node.optional("points")) {
    node.optional("points")->fail("only a must carries points");
  }
  check.rule = node.required("rule").text();
  if (const auto quote = node.optional("quote")) check.quote = quote->text();
  check.hint = node.required("hint").text();
  if (const auto needs = node.optional("needs")) check.needs = needs->texts();
  check.clients = read_clients(node.required("clients"));
  if (const auto names = node.optional("names")) check.names = names->texts();
  check.script = read_script(node.required("script"));
  return check;
}

/// What one check cannot show alone: ids are unique, and a need names an earlier check.
void verify_needs(const YamlReader& node, const Check& check, const std::vector<Check>& earlier) {
  const auto is = [](const std::string& id) { return [&id](const Check& other) { return other.id == id; }; };
  if (std::any_of(earlier.begin(), earlier.end(), is(check.id))) {
    node.fail(fmt::format("a second check with the id '{}'", check.id));
  }
  for (const auto& need : check.needs) {
    if (need == relay_need || need == chat_relay_need ||
        std::any_of(earlier.begin(), earlier.end(), is(need)))
      continue;
    node.fail(fmt::format("{} needs '{}', which is neither the id of an earlier check nor '{}' nor '{}'",
                          check.id, need, relay_need, chat_relay_need));
  }
}

Suite read_suite(const YamlReader& root) {
  root.allow({"suite", "title", "points", "checks"});
  Suite suite;
  suite.name = root.required("suite").text();
  suite.title = root.required("title").text();
  suite.points = root.required("points").number();
  double sum = 0;
  for (const auto& item : root.required("checks").items()) {
    auto check = read_check(item);
    verify_needs(item, check, suite.checks);
    // A rehearsal: what is wrong in a script shows now, and not in front of a server.
    const auto plan = make_plan(check, "rehearsal");
    if (plan.has_error()) item.fail_at(plan.error().line, fmt::format("{}: {}", check.id, plan.error().text));
    sum += check.points;
    suite.checks.push_back(std::move(check));
  }
  if (suite.checks.empty()) root.fail("a suite has at least one check");
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

boost::system::result<Suite, SuiteError> parse_suite(const std::string& yaml, const std::string& file) {
  try {
    return read_suite(YamlReader(YAML::Load(yaml), file));
  } catch (const YAML::Exception& error) {
    return SuiteError{fmt::format("{}:{}: {}", file, error.mark.line + 1, error.msg)};
  } catch (const YamlMistake& mistake) {
    return SuiteError{mistake.what()};
  }
}

}  // namespace chatlab::conformance
