// The ways in which a result is told. Each takes a finished result and returns text: nothing is judged here,
// nothing is printed, and the same result gives the same text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conformance/result.hpp"

namespace chatlab::conformance {

enum class Format { text, json, junit, tap, html, github, markdown, gradescope, classroom };

/// "text", "json", ...
std::string_view to_string(Format format);
std::optional<Format> parse_format(std::string_view name);

/// "text, json, junit, tap, html, github, markdown, gradescope or classroom"
std::string format_names();

/// The format that a file's name promises: report.html, results.xml; empty where it promises none.
std::optional<Format> format_of_file(std::string_view file);

struct Style {
  bool colour = false;        ///< ANSI colours; text only
  bool transcript = false;    ///< every frame of every client, with times; text, json and html
  std::string run_link = {};  ///< html: the page of the run itself, which this one leaves out
};

std::string write_report(const RunResult& result, Format format, const Style& style);

/// For people: one line per check, and under what did not pass who should have received what, the hand-out's
/// sentence, a hint, the command that runs it again, and which checks were not judged because of it.
std::string text_report(const RunResult& result, const Style& style);

/// For programs; report.schema.json describes it.
std::string json_report(const RunResult& result, bool with_transcripts);

/// JUnit's XML as GitHub, GitLab and Jenkins read it: a test case per check.
std::string junit_report(const RunResult& result);

/// TAP 14. What is not graded is a TODO, so that a harness succeeds where all musts pass.
std::string tap_report(const RunResult& result);

/// GitHub's workflow commands: an annotation for each cause.
std::string github_report(const RunResult& result);

/// For a comment, or a job's summary.
std::string markdown_report(const RunResult& result);

/// results.json of a Gradescope autograder: a test for each check, those that are graded with their points.
std::string gradescope_report(const RunResult& result);

/// What a runner of GitHub Classroom hands to its reporter: a test for each check that is worth points.
std::string classroom_report(const RunResult& result);

/// One page without scripts or anything from elsewhere: causes with their diagrams, and every check with what
/// its verdict rests on.
std::string html_report(const RunResult& result, const Style& style);

/// "This server behaves like ...", for RunResult::behaves_like.
std::string behaves_like_words(const std::string& mistake);

/// The checks of a suite, a line each: id, level, points, title.
std::string list_checks(const Suite& suite);

/// A command line in which every argument survives a shell.
std::string quoted_for_shell(const std::string& argument);

}  // namespace chatlab::conformance
