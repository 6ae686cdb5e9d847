// What --help says around the list of options: words only.
#pragma once

#include <string>

#include "loadgen/preset.hpp"

namespace chatlab::loadgen::help {

inline std::string presets() {
  std::string words = "a load by its name, which other options change:";
  for (const auto& preset : loadgen::presets())
    words += "\n" + std::string(preset.name) + ": " + std::string(preset.words) +
             (&preset == &loadgen::presets().back() ? "" : ";");
  return words;
}

inline constexpr auto introduction =
    R"(How long until everybody has the message, and how many can this server feed?

URL is the address of a running server: ws://localhost:8081, or host:port. Without
URL and --launch, the reference server is started in a child process and measured.
   chatlab-loadgen compare A=SERVER B=SERVER   which is faster, and how sure is that?
   chatlab-loadgen sweep SERVER                how much can it take?
   chatlab-loadgen merge A.json B.json         adds up reports of processes that ran together
   mpirun -n 4 chatlab-loadgen URL ...         four ranks share the clients and senders,
                                               on one host or several (--cross-host)
SERVER is a URL, a command in braces ('{python3 app.py}'), or {reference}.
)";

inline constexpr auto epilogue = R"(
Definitions. Broadcast m is due at s(m), by a schedule that no server can slow down;
it is written at a(m), and read by recipient r at R(m,r). Recipients are the clients
whose login was confirmed before s(m) and who have not begun to leave, the sender
included.
  delivery    R - s, of each recipient
  completion  the last R - s of a broadcast: everybody has it. What somebody never got
              stays in the percentiles, as "lost"
  first       the first R - s;   spread: last R - first R
  raw         R - a: not corrected for coordinated omission; for comparison only
  send lag    a - s
  reach       deliveries / recipients of all broadcasts;   lost: the rest
  order       share of arrivals in the order in which others saw them first

VALID, SUSPECT or INVALID is what the generator says about itself: whether what it
measured is the server, or the generator.

compare lets the servers take turns, freshly started in each round, and gives ratios
with 99 % confidence intervals; "faster" and "slower" are said where the interval
leaves no doubt and the difference is at least 5 %. A server that died or lost
messages is shown as such, and not ranked. sweep climbs until an --slo (default:
completion.p99<100ms), a loss or a growing backlog ends it, narrows the limit down to
4 %, and confirms it by three windows that are VALID.

Exit codes:
  0  measured, and every --slo is kept
  1  an --slo is missed, a server is slower than --fail-if-slower allows, or a sweep
     found no load that is held
  2  wrong usage
  3  INVALID: the generator could not keep up; the report says why and what to change
  4  messages were lost, duplicated, reordered or changed, the server ended
     connections, or it did not pass the gate
  5  the server cannot be reached, or died; what was measured until then is reported
Ctrl-C ends the measurement and reports what was measured.

Examples:
  chatlab-loadgen ws://localhost:8081 --clients 500 --rate 200 --duration 30s
  chatlab-loadgen --launch 'python3 app.py' --slo 'completion.p99<25ms'
  chatlab-loadgen --closed 8                    as many as the server can do
  chatlab-loadgen --preset class --out class    and a page to look at: class.html
  chatlab-loadgen compare old=ws://localhost:8081 'new={python3 app.py}' --out both.html
  chatlab-loadgen sweep '{node server.js}' --slo 'completion.p99<50ms'
)";

}  // namespace chatlab::loadgen::help
