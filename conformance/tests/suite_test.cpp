#include "conformance/suite.hpp"

#include <gtest/gtest.h>

#include "conformance/plan.hpp"
#include "conformance/suite_files.hpp"
#include "conformance/tag.hpp"
#include "conformance/yaml_reader.hpp"

namespace chatlab::conformance {
namespace {

/// A suite of one check with this script, and whatever else stands in `more`.
std::string suite_with(const std::string& script, const std::string& more = "") {
  return "suite: s\ntitle: t\npoints: 1\nchecks:\n"
         "  - id: area.name\n    title: t\n    level: must\n    points: 1\n    rule: P1\n    hint: h\n"
         "    clients: {alice: logged in, bob: connected}\n" +
         more + "    script:\n" + script;
}

std::string suite_worth(const std::string& points) {
  auto yaml = suite_with("      - fence: alice\n");
  const std::string field = "points: 1";
  return yaml.replace(yaml.find(field), field.size(), "points: " + points);
}

/// An edition of a built-in suite, with what it changes.
std::string extending(const std::string& base, const std::string& changes) {
  return "suite: s\ntitle: t\nextends: " + base + "\npoints: 5\n" + changes;
}

std::string mistake_in(const std::string& yaml) {
  const auto suite = parse_suite(yaml, "file.yaml", load_suite);
  return suite.has_error() ? suite.error().text : "no mistake";
}

TEST(Suite, TheBuiltInOneIsTheLabs) {
  const auto suite = load_suite("");
  ASSERT_TRUE(suite) << suite.error().text;
  EXPECT_EQ(suite->name, "lab08");
  EXPECT_EQ(suite->points, 5);
  EXPECT_EQ(suite->checks.front().id, "login.announced");
}

TEST(Suite, AnEditionIsTheBaseButForItsChanges) {
  const auto suite = parse_suite(
      extending(
          "lab08",
          "roster: names\ndrop: [login.same_name]\nchange: {chat.order: {level: info, title: In order}}\n"
          "checks:\n  - {id: login.extra, title: t, level: should, rule: P2, hint: h, needs: "
          "[login.roster],\n"
          "     clients: {alice: logged in}, script: [{fence: alice}]}\n"),
      "file.yaml", load_suite);
  ASSERT_TRUE(suite) << suite.error().text;
  const auto base = load_suite("");
  EXPECT_EQ(suite->checks.size(), base->checks.size());  // one less and one more
  std::vector<std::string> logins;
  for (const auto& check : suite->checks) {
    if (check.area() == "login") logins.push_back(check.id);
    if (check.id == "chat.order") {
      EXPECT_EQ(check.level, Level::info);
      EXPECT_EQ(check.title, "In order");
    }
    if (check.id == "login.roster") {
      const auto& receive = std::get<Receive>(check.script[1].action);
      EXPECT_TRUE(receive.patterns.front().contains("names"));
      EXPECT_FALSE(receive.patterns.front().contains("users"));
      EXPECT_NE(check.hint.find("\"names\" is an array"), std::string::npos) << check.hint;
    }
  }
  EXPECT_EQ(logins,
            (std::vector<std::string>{"login.announced", "login.users_is_array_of_strings", "login.roster",
                                      "login.again", "login.only_logged_in", "login.extra"}));
}

TEST(Suite, ReadsEverySentence) {
  const auto suite =
      parse_suite(suite_with("      - bob vanishes\n"
                             "      - bob connects\n"
                             "      - bob sends: {type: login, username: $bob}\n"
                             "      - alice sends 2 times: {n: $i, name: $alice, of: \"$nonce\"}\n"
                             "      - alice, bob receive: {n: 1}\n"
                             "      - alice receives 2 times in order: {n: $i}\n"
                             "      - bob hears: {n: 1}\n"
                             "      - bob never receives: {n: 3}\n"
                             "      - fence: alice\n"
                             "      - repeat:\n"
                             "          - bob closes\n"
                             "          - bob connects\n"
                             "      - alice vanishes\n"
                             "      - server logs: [unknown, $nonce]\n"
                             "      - server logs: unknown\n"),
                  "file.yaml");
  ASSERT_TRUE(suite) << suite.error().text;
  const auto plan = make_plan(suite->checks.front(), "tag");
  ASSERT_TRUE(plan);
  // "2 times" is written out: two sends.
  ASSERT_EQ(plan->steps.size(), 14u);
  EXPECT_EQ(std::get<Send>(plan->steps[3].action).message,
            Json::parse(R"({"n":"1","name":"alice-tag","of":"nonce-tag"})"));
  EXPECT_EQ(std::get<Receive>(plan->steps[6].action).patterns.size(), 2u);
  EXPECT_TRUE(std::get<Receive>(plan->steps[7].action).copies_allowed);
  EXPECT_EQ(std::get<Fence>(plan->steps[9].action).observers, (std::vector<std::string>{"alice", "bob"}));
  EXPECT_EQ(std::get<ServerLogs>(plan->steps[12].action).texts,
            (std::vector<std::string>{"unknown", "nonce-tag"}));
  EXPECT_EQ(std::get<ServerLogs>(plan->steps[13].action).texts, (std::vector<std::string>{"unknown"}));
}

struct Mistake {
  const char* what;
  std::string yaml;
  const char* message;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.what;
}

class SuiteMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(SuiteMistakes, AreReportedWithTheirLine) {
  EXPECT_EQ(mistake_in(GetParam().yaml), GetParam().message) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SuiteMistakes,
    testing::Values(
        Mistake{"not YAML", "a: [", "file.yaml:1: end of sequence flow not found"},
        Mistake{"not a map", "- a", "file.yaml:1: fields ('name: value') were expected here"},
        Mistake{"an unknown field", "suite: s\nbogus: 1\n",
                "file.yaml:2: there is no field 'bogus'; the fields are suite, title, extends, handout, "
                "roster, points, recognised by, drop, change, diagnose, checks"},
        Mistake{"a missing field", "suite: s\n", "file.yaml:1: the field 'title' is missing"},
        Mistake{"a field twice", "suite: s\nsuite: t\n",
                "file.yaml:2: the field 'suite' stands here a second time"},
        Mistake{"no points", "suite: s\ntitle: t\npoints: many\n",
                "file.yaml:3: a number, not negative, was expected here"},
        Mistake{"negative points", suite_worth("-1"),
                "file.yaml:3: a number, not negative, was expected here"},
        Mistake{"endless points", suite_worth(".inf"),
                "file.yaml:3: a number, not negative, was expected here"},
        Mistake{"an alias of itself", suite_with("      - alice sends: &x {a: *x}\n"),
                "file.yaml:13: nested more than 64 deep: does an alias stand for what holds it?"},
        Mistake{"a log of nothing", suite_with("      - server logs: []\n"),
                "file.yaml:13: a text that the server has to print, or several"},
        Mistake{"too many copies", suite_with("      - alice sends 10001 times: {}\n"),
                "file.yaml:13: at most 10000 times"},
        Mistake{"too many bytes", suite_with("      - alice sends 100 times: {a: $filler(1000000)}\n"),
                "file.yaml:13: area.name: its messages are more than 64 MiB together"},
        Mistake{"a roster that is none", suite_with("      - alice hears: {users: {ours: 5}}\n"),
                "file.yaml:13: 'ours' takes a list of names: {ours: [$alice, $bob]}"},
        Mistake{"a mention of a number", suite_with("      - alice hears: {mentions: 5}\n"),
                "file.yaml:13: 'mentions' takes a text, or a list of texts: {mentions: $nonce}"},
        Mistake{"one of none", suite_with("      - alice hears: {one of: []}\n"),
                "file.yaml:13: 'one of' takes a list of patterns, of which one must match"},
        Mistake{"a send after the end", suite_with("      - bob closes\n      - bob sends: {}\n"),
                "file.yaml:14: area.name: bob is not connected here"},
        Mistake{"a connection twice", suite_with("      - bob connects\n"),
                "file.yaml:13: area.name: bob is connected already"},
        Mistake{
            "a repetition that cannot be repeated", suite_with("      - repeat:\n          - bob closes\n"),
            "file.yaml:13: area.name: what is repeated must end with the connections with which it began"},
        Mistake{"an expectation that nothing closes", suite_with("      - alice receives: {a: 1}\n"),
                "file.yaml:13: area.name: no fence follows, so it cannot be known that nothing more came to "
                "alice; "
                "end with 'fence: ...'"},
        Mistake{"a fence that does not reach",
                suite_with("      - bob never receives: {a: 1}\n      - fence: alice\n"),
                "file.yaml:14: area.name: the fence's marker does not reach bob, who is not logged in here, "
                "so it "
                "cannot show that nothing more came; let bob log in before the fence"},
        Mistake{"no checks", "suite: s\ntitle: t\npoints: 1\nchecks: []\n",
                "file.yaml:4: a suite has at least one check"},
        Mistake{"a sum of points", suite_worth("3"),
                "file.yaml:3: the suite is worth 3 points, but its musts add up to 1"},
        Mistake{"an unknown client", suite_with("      - carol sends: {}\n"),
                "file.yaml:13: area.name: 'carol' is not one of the check's clients"},
        Mistake{"an unknown name", suite_with("      - alice sends: {a: $carl}\n"),
                "file.yaml:13: area.name: '$carl' is neither a client, nor one of 'names', nor $nonce, $i, "
                "$filler(N), $any, $text, $list, $object or $absent; $me is for what is sent"},
        Mistake{
            "a fence that may overtake",
            suite_with("      - bob sends: {type: login, username: $bob}\n"
                       "      - alice receives: {a: 1}\n"
                       "      - bob sends: {a: 2}\n"
                       "      - fence: alice\n"),
            "file.yaml:16: area.name: the fence's marker comes over another connection than what bob did, "
            "which it may overtake; let bob put up the fence, or let somebody hear of it before"},
        Mistake{"an edition without a base", "suite: s\ntitle: t\nroster: names\npoints: 1\n",
                "file.yaml:3: 'roster' is for a suite that extends another one"},
        Mistake{"a base that is not there", extending("lab99", ""),
                "file.yaml:3: cannot read the suite file 'lab99': No such file or directory; the built-in "
                "suites are lab08, "
                "lab07-2021, tutorial12"},
        Mistake{"a dropped check that is not there", extending("lab08", "drop: [chat.loud]\n"),
                "file.yaml:5: lab08 has no check 'chat.loud'"},
        Mistake{"a dropped check that is needed", extending("lab08", "drop: [chat.order]\n"),
                "file.yaml:1: chat.two_senders needs 'chat.order', which is neither the id of an earlier "
                "check nor "
                "'relay' nor 'chat_relay'"},
        Mistake{"points for a should", extending("lab08", "change: {chat.order: {points: 1}}\n"),
                "file.yaml:5: only a must carries points"},
        Mistake{"a sum that is no more right", extending("lab08", "change: {chat.everyone: {level: info}}\n"),
                "file.yaml:4: the suite is worth 5 points, but its musts add up to 4.25"},
        Mistake{"a diagnosis without conditions",
                suite_with("      - fence: alice\n", "    diagnose: [{when: {}, say: x}]\n"),
                "file.yaml:12: a diagnosis has at least one condition"},
        Mistake{"a diagnosis of somebody unknown",
                suite_with("      - fence: alice\n", "    diagnose: [{when: {missed by: bob}, say: x}]\n"),
                "file.yaml:12: these are 'sender', 'others', 'everybody' or 'anybody'"},
        Mistake{"a fence by somebody else", suite_with("      - fence: bob\n"),
                "file.yaml:13: area.name: the fence's marker is a chat, but bob is not logged in here"},
        Mistake{"an unknown need", suite_with("      - fence: alice\n", "    needs: [area.other]\n"),
                "file.yaml:5: area.name needs 'area.other', which is neither the id of an earlier check nor "
                "'relay' "
                "nor 'chat_relay'"},
        Mistake{"an empty script", suite_with("      []\n"),
                "file.yaml:13: a script has at least one step"}));

TEST(SuiteMistakes, OfASentenceShowTheSentencesThereAre) {
  for (const char* sentence :
       {"alice sings: {}", "alice sends 0 times: {}", "alice receives 2 times: {}", "alice bob receive: {}",
        "alice sends in a text frame: {}", "alice hears binary: {}", "alice dances", "alice, bob close"}) {
    const auto mistake = mistake_in(suite_with("      - " + std::string(sentence) + "\n"));
    EXPECT_NE(mistake.find("file.yaml:13: "), std::string::npos) << mistake;
    EXPECT_NE(mistake.find("steps are 'alice sends: {...}'"), std::string::npos) << mistake;
  }
}

TEST(SuiteFiles, AMissingOneIsNamed) {
  const auto suite = load_suite("/nonexistent/suite.yaml");
  ASSERT_TRUE(suite.has_error());
  EXPECT_EQ(suite.error().text,
            "cannot read the suite file '/nonexistent/suite.yaml': No such file or directory; the built-in "
            "suites are "
            "lab08, lab07-2021, tutorial12");
}

TEST(SuiteFiles, AFolderIsNone) {
  const auto suite = load_suite("/");
  ASSERT_TRUE(suite.has_error());
  EXPECT_EQ(suite.error().text, "cannot read the suite file '/': it is a folder");
}

TEST(SuiteFiles, AliasesOfAliasesAreNotCopiedForEver) {
  std::string yaml = "suite: &a [x,x,x,x,x,x,x,x,x,x]\n";
  std::string names = "a";
  for (char name = 'b'; name < 'j'; ++name) {
    yaml += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) yaml += (i ? ",*" : "*") + names;
    yaml += "]\n";
    names = name;
  }
  const auto reader = YamlReader(YAML::Load(yaml), "file.yaml");
  EXPECT_THROW(reader.json(), YamlMistake);
}

TEST(Names, LoseTheirTagForPeople) {
  EXPECT_EQ(tagged("alice", "k3f9x2"), "alice-k3f9x2");
  EXPECT_EQ(untagged(R"(["alice-k3f9x2","bob-k3f9x2"])", "k3f9x2"), R"(["alice","bob"])");
}

TEST(Fences, AreKnownInWhateverFormTheyCome) {
  const auto marker = fence_marker(12, "k3f9x2");
  EXPECT_TRUE(holds_fence_marker(R"({"error":"{\"text\":\")" + marker + R"(\"}"})", "k3f9x2"));
  EXPECT_FALSE(holds_fence_marker(marker, "another"));
  EXPECT_TRUE(holds_fence_marker(R"({"username":"alice-k3f9x2","text":"fence-12-k3f9x2"})", "k3f9x2"));
  for (const auto* text : {"", "-k3f9x2", "12-k3f9x2", "fence-k3f9x2", "fence--k3f9x2", "fence-1x-k3f9x2",
                           "fences-1-k3f9x2", "fence-12-", "alice-k3f9x2 fence-12-k3f9"}) {
    EXPECT_FALSE(holds_fence_marker(text, "k3f9x2")) << text;
  }
}

}  // namespace
}  // namespace chatlab::conformance
