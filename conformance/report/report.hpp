// The ways in which a result is told. Each takes a finished result and returns text: nothing is judged here
// and nothing is printed.
#pragma once

#include <string>

#include "conformance/result.hpp"

namespace chatlab::conformance {

struct TextStyle {
  bool colour = false;      ///< ANSI colours
  bool transcript = false;  ///< every frame of every client, with times
};

/// For people: one line per check, and under what did not pass who should have received what, the hand-out's
/// sentence, a hint, and the command that runs it again.
std::string text_report(const RunResult& result, const TextStyle& style);

/// For programs: `suite`, `target`, `speaks` (null, or the suite of another edition that this server
/// speaks), `score {earned, possible}`, `exit_code`, `unreachable` and
/// `internal_error` (null, or why), `duration_ms`, and `checks`, each with `id`, `area`, `level`, `title`,
/// `rule`, `status` (pass, fail, blocked, inconclusive, skipped), `points`, `earned`, `message`,
/// `diagnosis` (null, or what the mistake most likely is), `blocked_by`, `notes`, `duration_ms`,
/// `server_output` (where a launched server printed something meanwhile), and with transcripts `transcripts
/// {client: [{at_us, event, text}]}`.
std::string json_report(const RunResult& result, bool with_transcripts);

/// The checks of a suite, a line each: id, level, points, title.
std::string list_checks(const Suite& suite);

/// A command line in which every argument survives a shell.
std::string quoted_for_shell(const std::string& argument);

}  // namespace chatlab::conformance
