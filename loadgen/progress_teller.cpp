#include "loadgen/progress_teller.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "loadgen/clock.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr Moment on_terminal = 200ms;  // quick enough to follow, slow enough to read
constexpr Moment in_pipe = 5s;         // a log should stay short

}  // namespace

ProgressTeller::ProgressTeller(bool quiet, bool tells_pipes)
    : quiet_(quiet), tells_pipes_(tells_pipes), terminal_(::isatty(STDERR_FILENO)) {}

void ProgressTeller::say(const std::string& line) {
  if (quiet_) return;
  finish();
  fmt::print(stderr, "{}\n", line);
}

void ProgressTeller::tell(const Progress& progress) {
  const auto at = now();
  if (quiet_ || at < next_ || (!terminal_ && !tells_pipes_)) return;
  next_ = at + (terminal_ ? on_terminal : in_pipe);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", progress_line(progress));
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", progress_line(progress));
  }
  std::fflush(stderr);
}

void ProgressTeller::finish() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
  line_open_ = false;
}

}  // namespace chatlab::loadgen
