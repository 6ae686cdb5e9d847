// --format and --out: what goes where, and what is refused.
#include "conformance/outputs.hpp"

#include <gtest/gtest.h>

namespace chatlab::conformance {
namespace {

using Given = std::vector<std::pair<std::string, std::string>>;

std::string told(const Given& given) {
  const auto outputs = read_outputs(given);
  if (outputs.has_error()) return outputs.error().text;
  std::string text;
  for (const auto& one : *outputs) {
    text += (text.empty() ? "" : ", ") + std::string(to_string(one.format)) + ">" + one.file;
  }
  return text;
}

TEST(Outputs, GoWhereTheyAreSent) {
  EXPECT_EQ(told({}), "text>");
  EXPECT_EQ(told({{"format", "json"}}), "json>");
  EXPECT_EQ(told({{"out", "r.html"}}), "text>, html>r.html");
  EXPECT_EQ(told({{"format", "junit"}, {"out", "r.xml"}, {"format", "html"}, {"out", "r.html"}}),
            "text>, junit>r.xml, html>r.html");
  EXPECT_EQ(told({{"out", "r.html"}, {"format", "github"}}), "html>r.html, github>");
  EXPECT_EQ(told({{"format", "github"}, {"format", "json"}, {"out", "r"}}), "github>, json>r");
  EXPECT_EQ(told({{"out", "a.txt"}, {"out", "b.json"}, {"out", "c.tap"}, {"out", "d.md"}, {"out", "e.htm"}}),
            "text>, text>a.txt, json>b.json, tap>c.tap, markdown>d.md, html>e.htm");
}

TEST(Outputs, AFormatMayStandBehindItsFile) {
  EXPECT_EQ(told({{"out", "results"}, {"format", "junit"}}), "text>, junit>results");
  EXPECT_EQ(told({{"out", "r.xml"}, {"format", "junit"}}), "text>, junit>r.xml");
  EXPECT_EQ(told({{"out", "a.xml"}, {"format", "junit"}, {"out", "b"}}), "text>, junit>a.xml, junit>b");
}

TEST(Outputs, BadCombinationsAreRefused) {
  EXPECT_EQ(told({{"format", "xml"}}),
            "--format is text, json, junit, tap, html, github, markdown, gradescope or classroom, not 'xml'");
  EXPECT_EQ(told({{"out", ""}}), "--out takes a file's name; this one is empty");
  EXPECT_EQ(told({{"out", "results"}}),
            "the name of --out results does not say its format; say --format junit --out results, or another "
            "of text, "
            "json, junit, tap, html, github, markdown, gradescope or classroom");
  EXPECT_EQ(told({{"format", "json"}, {"out", "r.html"}}),
            "--format json --out r.html would write json into a file that is named like html; for json on "
            "the terminal "
            "and html in the file say --out r.html --format json");
  EXPECT_EQ(told({{"out", "r.xml"}, {"out", "r.xml"}}), "two reports go to r.xml; name two files");
  EXPECT_EQ(
      told({{"format", "json"}, {"format", "tap"}}),
      "json and tap would both go to the terminal; name a file behind one of them: --format tap --out FILE");
}

}  // namespace
}  // namespace chatlab::conformance
