// A server that says anything: from frames to events to a verdict, in a check of the lab's suite.
//
// Line by line. The first one names a check ("disconnect.roster"), with " exclusive" after it where no
// stranger uses the server. Then "alice>TEXT": alice receives TEXT; "alice)TEXT": in a binary frame;
// "alice!WORDS": the server ends her connection; "-": a fence.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "conformance/legible.hpp"
#include "conformance/payload_reader.hpp"
#include "conformance/suite_files.hpp"
#include "conformance/verdict.hpp"

namespace {

using namespace chatlab::conformance;

const Suite& lab08() {
  static const auto suite = load_suite("");
  if (!suite) std::abort();
  return *suite;
}

std::string next_line(std::string& input) {
  const auto end = std::min(input.find('\n'), input.size());
  auto line = input.substr(0, end);
  input.erase(0, std::min(end + 1, input.size()));
  return line;
}

/// Segments as the script's fences cut it, each client's windows as the input's do.
class Playing {
 public:
  Playing(const Check& check, std::string input) : input_(std::move(input)) {
    record_.plan = *make_plan(check, "tag123");
    for (const auto& part : check.clients) record_.transcripts.push_back({part.name, {}});
  }

  Record play() {
    const auto& steps = record_.plan.steps;
    std::size_t begun = 0;
    for (std::size_t at = 0; at < steps.size(); ++at) {
      if (std::holds_alternative<Fence>(steps[at].action) || at + 1 == steps.size()) {
        record_.segments.push_back(segment(begun, at + 1));
        begun = at + 1;
      }
    }
    return std::move(record_);
  }

 private:
  Segment segment(std::size_t first, std::size_t end) {
    Segment segment{first, end, {}};
    for (const auto& transcript : record_.transcripts) {
      segment.windows[transcript.client].begin = transcript.events.size();
    }
    while (!input_.empty()) {
      const auto line = next_line(input_);
      if (line == "-") break;
      take(line);
    }
    for (const auto& transcript : record_.transcripts) {
      segment.windows[transcript.client].end = transcript.events.size();
    }
    return segment;
  }

  void take(const std::string& line) {
    const auto mark = line.find_first_of(">)!");
    if (mark == std::string::npos) return;
    for (auto& transcript : record_.transcripts) {
      if (line.compare(0, mark, transcript.client) != 0) continue;
      const auto kind = line[mark] == '!' ? Event::Kind::closed_by_server : Event::Kind::received;
      Event event{kind, {}, line.substr(mark + 1), line[mark] != ')', {}};
      if (kind == Event::Kind::received) event.value = json_of(event.text);
      transcript.events.push_back(std::move(event));
    }
  }

  std::string input_;
  Record record_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  std::string input(reinterpret_cast<const char*>(data), size_bytes);
  auto id = next_line(input);
  const bool exclusive = id.ends_with(" exclusive");
  if (exclusive) id.resize(id.size() - std::string_view(" exclusive").size());
  const auto& checks = lab08().checks;
  const auto check =
      std::find_if(checks.begin(), checks.end(), [&](const Check& one) { return one.id == id; });
  if (check == checks.end()) return 0;
  const auto record = Playing(*check, input).play();
  const auto verdict = judge(record, {"tag123", exclusive});
  if (verdict.status != Status::passed && verdict.status != Status::failed) std::abort();
  if (verdict.message.empty() != (verdict.status == Status::passed)) std::abort();
  const auto shown = printable(verdict.message);
  if (std::any_of(shown.begin(), shown.end(), [](unsigned char byte) { return byte < 0x20; })) std::abort();
  return 0;
}
