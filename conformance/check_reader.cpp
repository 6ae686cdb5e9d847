#include "conformance/check_reader.hpp"

#include <fmt/format.h>

#include <charconv>

#include "conformance/duration.hpp"
#include "conformance/pattern.hpp"

namespace chatlab::conformance {
namespace {

Part::State read_state(const YamlReader& node, std::string_view text) {
  if (text == "not connected") return Part::State::not_connected;
  if (text == "connected") return Part::State::connected;
  if (text == "logged in") return Part::State::logged_in;
  node.fail("a client is 'not connected', 'connected' or 'logged in', a group '50 logged in'");
}

/// "logged in", or "50 logged in" for a group: crowd_1, crowd_2, ...
void read_client(const YamlReader& node, const std::string& name, Check& check) {
  constexpr int most_clients = 1000;  // of a group
  const auto text = node.text();
  const auto word = text.find_first_not_of("0123456789");
  if (word == 0) return check.clients.push_back({name, read_state(node, text)});
  int count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  if (word == std::string::npos || text[word] != ' ' || count < 1 || count > most_clients) {
    node.fail(fmt::format("a group is written '50 logged in', and has up to {} clients", most_clients));
  }
  const auto state = read_state(node, std::string_view(text).substr(word + 1));
  for (int i = 1; i <= count; ++i) {
    check.clients.push_back({fmt::format("{}_{}", name, i), state});
    check.groups[name].push_back(check.clients.back().name);
  }
}

void read_clients(const YamlReader& node, Check& check) {
  for (const auto& [name, state] : node.fields()) read_client(state, name, check);
  if (check.clients.empty()) node.fail("a check needs at least one client");
}

constexpr int most_times = 10'000;  // of a message in one step; a check is to last seconds

std::vector<Step> read_script(const YamlReader& node);

Step read_bare_step(const YamlReader& node) {
  const auto sentence = parse_sentence(node.text());
  if (sentence.clients.size() == 1 && sentence.times == 1 && sentence.manner.empty()) {
    const auto& client = sentence.clients.front();
    if (sentence.verb == "connect") return {Connect{client}, node.line()};
    if (sentence.verb == "close") return {Close{client, false}, node.line()};
    if (sentence.verb == "close and is answered") return {Close{client, true}, node.line()};
    if (sentence.verb == "vanish") return {Vanish{client}, node.line()};
    if (sentence.verb == "ping") return {Ping{client}, node.line()};
    if (sentence.verb == "stop reading") return {StopReading{client}, node.line()};
  }
  node.fail(fmt::format("not a step; steps are {}", sentence_examples()));
}

Json read_pattern(const YamlReader& node) {
  auto pattern = node.json();
  if (const auto mistake = pattern_mistake(pattern)) node.fail(*mistake);
  return pattern;
}

Send read_send(const Sentence& sentence, const YamlReader& body) {
  Send send{sentence.clients, body.json(), sentence.times};
  send.is_raw = sentence.manner == "text" || sentence.manner == "binary";
  if (send.is_raw) send.message = body.text();
  if (sentence.manner == "binary") send.form = client::Form::binary;
  if (sentence.manner == "in fragments") send.form = client::Form::fragments;
  return send;
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
  if (words == "server logs") {
    auto texts = body.is_text() ? std::vector{body.text()} : body.texts();
    if (texts.empty()) body.fail("a text that the server has to print, or several");
    return {ServerLogs{std::move(texts)}, node.line()};
  }
  if (words == "repeat") return {Repeat{read_script(body)}, node.line()};
  const auto sentence = parse_sentence(words);
  if (sentence.times > most_times) node.fail(fmt::format("at most {} times", most_times));
  const auto& manner = sentence.manner;
  const bool once = sentence.times == 1 && manner.empty();
  if (sentence.verb == "send" && !sentence.in_order && manner != "in a text frame") {
    return {read_send(sentence, body), node.line()};
  }
  const bool in_text = manner == "in a text frame";
  if (sentence.verb == "receive" && (sentence.times == 1 || sentence.in_order) &&
      (manner.empty() || in_text)) {
    return {Receive{sentence.clients, {read_pattern(body)}, sentence.times, false, in_text}, node.line()};
  }
  if (sentence.verb == "hear" && once) {
    return {Receive{sentence.clients, {read_pattern(body)}, 1, true}, node.line()};
  }
  if (sentence.verb == "never receive" && once) {
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

Diagnosis::Who read_who(const YamlReader& node) {
  const auto who = parse_who(node.text());
  if (!who) node.fail("these are 'sender', 'others', 'everybody' or 'anybody'");
  return *who;
}

Diagnosis read_diagnosis(const YamlReader& node) {
  node.allow({"when", "say"});
  Diagnosis diagnosis;
  diagnosis.line = node.line();
  diagnosis.say = node.required("say").text();
  const auto when = node.required("when");
  when.allow(
      {"received", "received by sender", "missed by", "copies to", "connection ended", "in a binary frame"});
  if (when.fields().empty()) when.fail("a diagnosis has at least one condition");
  if (const auto received = when.optional("received")) diagnosis.received = read_pattern(*received);
  if (const auto received = when.optional("received by sender"))
    diagnosis.received_by_sender = read_pattern(*received);
  if (const auto missed = when.optional("missed by")) diagnosis.missed_by = read_who(*missed);
  if (const auto copies = when.optional("copies to")) diagnosis.copies_to = read_who(*copies);
  if (const auto ended = when.optional("connection ended")) diagnosis.ended = ended->text();
  if (const auto binary = when.optional("in a binary frame")) diagnosis.binary = binary->text() == "true";
  return diagnosis;
}

}  // namespace

Level read_level(const YamlReader& node) {
  const auto text = node.text();
  if (text == "must") return Level::must;
  if (text == "should") return Level::should;
  if (text == "info") return Level::info;
  node.fail("a level is must, should or info");
}

std::vector<Diagnosis> read_diagnoses(const YamlReader& node) {
  std::vector<Diagnosis> all;
  if (const auto diagnose = node.optional("diagnose")) {
    for (const auto& item : diagnose->items()) all.push_back(read_diagnosis(item));
  }
  return all;
}

Check read_check(const YamlReader& node) {
  node.allow({"id", "title", "level", "points", "rule", "quote", "hint", "needs", "clients", "names",
              "patience", "script", "diagnose"});
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
  read_clients(node.required("clients"), check);
  if (const auto names = node.optional("names")) check.names = names->texts();
  if (const auto patience = node.optional("patience")) {
    const auto duration = parse_duration(patience->text());
    if (!duration) patience->fail("a time was expected here: '1s', '500ms'");
    check.patience = *duration;
  }
  check.script = read_script(node.required("script"));
  check.diagnoses = read_diagnoses(node);
  return check;
}

}  // namespace chatlab::conformance
