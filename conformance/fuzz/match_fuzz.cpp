// A pattern, a line break, and a frame: what differs is said in words, and the matchers agree with each
// other.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "conformance/match.hpp"
#include "conformance/pattern.hpp"
#include "conformance/payload_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  using namespace chatlab::conformance;
  const std::string input(reinterpret_cast<const char*>(data), size_bytes);
  const auto line_end = input.find('\n');
  if (line_end == std::string::npos) return 0;
  const auto pattern = json_of(input.substr(0, line_end));
  const auto frame = json_of(input.substr(line_end + 1));
  if (!pattern || !frame || pattern_mistake(*pattern)) return 0;
  describe_pattern(*pattern);
  // The order of an object's fields does not count; Json would mind it.
  const bool is_same = nlohmann::json::parse(pattern->dump()) == nlohmann::json::parse(frame->dump());
  for (const bool exclusive : {false, true}) {
    const Ownership ownership{"tag123", exclusive};
    const auto found = differences(*pattern, *frame, ownership);
    for (const auto& words : found) {
      if (words.empty()) std::abort();
    }
    const bool matched = matches(*pattern, *frame, ownership);
    if (matched != found.empty()) std::abort();
    const Json either{{"one of", Json::array({*pattern, "$any"})}};
    const Json all_of{{"all", *pattern}};
    if (!matches(either, *frame, ownership)) std::abort();
    if (matches(Json{{"one of", Json::array({*pattern})}}, *frame, ownership) != matched) std::abort();
    if (matches(all_of, Json::array({*frame, *frame}), ownership) != matched) std::abort();
    if (!matches(Json{{"exactly", *frame}}, *frame, ownership)) std::abort();
    if (matches(Json{{"exactly", *pattern}}, *frame, ownership) != is_same) std::abort();
  }
  return 0;
}
