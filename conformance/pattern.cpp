#include "conformance/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace chatlab::conformance {
namespace {

bool is_text(const Json& value) {
  return value.is_string();
}

bool is_list_of_texts(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
}

/// The pattern with its matchers replaced by what they stand for.
Json outline_of(const Json& pattern) {
  const auto matcher = std::string(matcher_of(pattern));
  if (matcher == "exactly" || matcher == "ours") return outline_of(pattern[matcher]);
  if (matcher == "one of") return outline_of(pattern[matcher].front());
  if (matcher == "mentions") {
    auto example = Json::array({"..."});
    for (const auto& text :
         pattern[matcher].is_array() ? pattern[matcher] : Json::array({pattern[matcher]})) {
      example.push_back(text);
    }
    example.push_back("...");
    return example;
  }
  if (matcher == "all") return Json::array({outline_of(pattern[matcher])});
  if (matcher == "json in text") return to_text(outline_of(pattern[matcher]));
  if (pattern == "$list") return Json::array({"..."});
  if (pattern == "$object") return Json{{"...", "..."}};
  if (pattern == "$any" || pattern == "$text") return "...";
  auto example = pattern;
  if (pattern.is_object()) {
    for (const auto& field : pattern.items()) {
      if (field.value() == "$absent") {
        example.erase(field.key());
      } else {
        example[field.key()] = outline_of(field.value());
      }
    }
  } else if (pattern.is_array()) {
    for (auto& item : example) item = outline_of(item);
  }
  return example;
}

}  // namespace

bool is_placeholder(std::string_view text) {
  constexpr std::array<std::string_view, 5> all = {"$any", "$text", "$list", "$object", "$absent"};
  return std::find(all.begin(), all.end(), text) != all.end();
}

std::string_view matcher_of(const Json& pattern) {
  if (!pattern.is_object() || pattern.size() != 1) return "";
  for (const char* matcher : {"exactly", "ours", "mentions", "one of", "all", "json in text"}) {
    if (pattern.begin().key() == matcher) return matcher;
  }
  return "";
}

std::optional<std::string> pattern_mistake(const Json& pattern) {
  const auto matcher = matcher_of(pattern);
  if (matcher == "exactly" || !pattern.is_structured()) return std::nullopt;
  const auto& body = matcher.empty() ? pattern : pattern.begin().value();
  if (matcher == "ours") {
    if (is_list_of_texts(body)) return std::nullopt;
    return "'ours' takes a list of names: {ours: [$alice, $bob]}";
  }
  if (matcher == "mentions") {
    if (is_text(body) || (is_list_of_texts(body) && !body.empty())) return std::nullopt;
    return "'mentions' takes a text, or a list of texts: {mentions: $nonce}";
  }
  if (matcher == "one of" && (!body.is_array() || body.empty())) {
    return "'one of' takes a list of patterns, of which one must match";
  }
  if (matcher == "all" || matcher == "json in text") return pattern_mistake(body);
  for (const auto& item : body) {
    if (auto mistake = pattern_mistake(item)) return mistake;
  }
  return std::nullopt;
}

std::string describe_pattern(const Json& pattern) {
  if (matcher_of(pattern) == "mentions")
    return fmt::format("a message with {}", to_text(pattern["mentions"]));
  auto text = to_text(outline_of(pattern));
  constexpr std::string_view placeholder = "\"...\"";  // stands for something, and is no text itself
  for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
    text.replace(at, placeholder.size(), "...");
  }
  return text;
}

Json example_of(const Json& pattern) {
  const auto matcher = std::string(matcher_of(pattern));
  if (matcher == "exactly") return pattern[matcher];
  if (matcher == "ours") return pattern[matcher];
  if (matcher == "one of") return example_of(pattern[matcher].front());
  if (matcher == "all") return Json::array({example_of(pattern[matcher])});
  if (matcher == "mentions") {
    return pattern[matcher].is_array() ? pattern[matcher] : Json::array({pattern[matcher]});
  }
  if (pattern == "$any" || pattern == "$text") return "...";
  auto example = pattern.is_object() ? Json::object() : pattern;
  if (pattern.is_object()) {
    for (const auto& field : pattern.items()) {
      if (field.value() != "$absent") example[field.key()] = example_of(field.value());
    }
  } else if (pattern.is_array()) {
    for (auto& item : example) item = example_of(item);
  }
  return example;
}

}  // namespace chatlab::conformance
