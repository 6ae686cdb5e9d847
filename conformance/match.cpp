#include "conformance/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace chatlab::conformance {
namespace {

constexpr auto no_such_matcher = "";

/// The matcher's word where the pattern is one: an object with a single reserved field.
std::string matcher_of(const Json& pattern) {
  if (!pattern.is_object() || pattern.size() != 1) return no_such_matcher;
  const auto& word = pattern.begin().key();
  for (const char* matcher : {"exactly", "ours", "mentions", "one of"}) {
    if (word == matcher) return word;
  }
  return no_such_matcher;
}

std::string kind_of(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_string()) return "a string";
  if (value.is_number()) return "a number";
  if (value.is_boolean()) return "a boolean";
  return "null";
}

std::string times(std::size_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

class Comparison {
 public:
  explicit Comparison(const Ownership& ownership) : ownership_(ownership) {}

  void compare(const Json& pattern, const Json& value, const std::string& place) {
    if (pattern == "$any") return;
    const auto matcher = matcher_of(pattern);
    if (matcher == "exactly") return compare_exactly(pattern["exactly"], value, place);
    if (matcher == "ours") return compare_roster(pattern["ours"], value, place);
    if (matcher == "mentions") return compare_mentions(pattern["mentions"], value, place);
    if (matcher == "one of") return compare_any(pattern["one of"], value, place);
    if (pattern.is_object()) return compare_fields(pattern, value, place);
    if (pattern.is_array()) return compare_items(pattern, value, place);
    compare_values(pattern, value, place);
  }

  std::vector<std::string> found;

 private:
  void say(const std::string& place, std::string_view what) {
    found.push_back(fmt::format("{} {}", place.empty() ? "it" : fmt::format("\"{}\"", place), what));
  }

  static std::string inside(const std::string& place, const std::string& field) {
    return place.empty() ? field : fmt::format("{}.{}", place, field);
  }

  void compare_fields(const Json& pattern, const Json& value, const std::string& place) {
    if (!value.is_object()) return say(place, fmt::format("is {}, not an object", kind_of(value)));
    for (const auto& field : pattern.items()) {
      const auto here = inside(place, field.key());
      const bool there = value.contains(field.key());
      if (field.value() == "$absent") {
        if (there) say(here, "should not be there");
      } else if (!there) {
        say(here, "is missing");
      } else {
        compare(field.value(), value[field.key()], here);
      }
    }
  }

  void compare_items(const Json& pattern, const Json& value, const std::string& place) {
    if (!value.is_array()) return say(place, fmt::format("is {}, not an array", kind_of(value)));
    if (value.size() != pattern.size()) {
      return say(place, fmt::format("has {} items, not {}", value.size(), pattern.size()));
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      compare(pattern[i], value[i], inside(place, std::to_string(i)));
    }
  }

  void compare_values(const Json& pattern, const Json& value, const std::string& place) {
    if (pattern == value) return;
    if (pattern.is_string() && value.is_string()) {
      return compare_texts(pattern.get<std::string>(), value.get<std::string>(), place);
    }
    if (pattern.is_structured() || value.is_structured()) {
      return say(place, fmt::format("is {}, not {}", kind_of(value), kind_of(pattern)));
    }
    say(place, fmt::format("is {}, not {}", shortened(to_text(value), 60), shortened(to_text(pattern), 60)));
  }

  void compare_texts(const std::string& wanted, const std::string& got, const std::string& place) {
    constexpr std::size_t readable_bytes = 60;
    if (wanted.size() <= readable_bytes && got.size() <= readable_bytes) {
      return say(place, fmt::format("is {}, not {}", to_text(got), to_text(wanted)));
    }
    const auto differ = std::mismatch(wanted.begin(), wanted.end(), got.begin(), got.end());
    say(place, fmt::format("is not the same text: {} bytes instead of {}, different from byte {} on",
                           got.size(), wanted.size(), differ.first - wanted.begin() + 1));
  }

  void compare_exactly(const Json& pattern, const Json& value, const std::string& place) {
    if (pattern.is_object() && value.is_object()) {
      for (const auto& field : pattern.items()) {
        const auto here = inside(place, field.key());
        if (!value.contains(field.key())) {
          say(here, "is missing");
        } else {
          compare_exactly(field.value(), value[field.key()], here);
        }
      }
      for (const auto& field : value.items()) {
        if (!pattern.contains(field.key())) say(inside(place, field.key()), "was not there when it was sent");
      }
    } else if (pattern.is_array() && value.is_array() && pattern.size() == value.size()) {
      for (std::size_t i = 0; i < pattern.size(); ++i) {
        compare_exactly(pattern[i], value[i], inside(place, std::to_string(i)));
      }
    } else {
      compare_values(pattern, value, place);
    }
  }

  void compare_roster(const Json& names, const Json& value, const std::string& place) {
    if (!value.is_array()) return say(place, fmt::format("is {}, not an array of names", kind_of(value)));
    std::map<std::string, std::size_t> wanted, got;
    for (const auto& name : names) ++wanted[name.get<std::string>()];
    for (const auto& entry : value) {
      if (!entry.is_string()) {
        return say(place, fmt::format("holds {}, which is not a name", shortened(to_text(entry), 60)));
      }
      const auto name = entry.get<std::string>();
      if (is_our_name(name, ownership_)) ++got[name];
    }
    for (const auto& [name, count] : wanted) {
      const auto seen = got[name];
      if (seen == 0) {
        say(place, fmt::format("leaves out \"{}\"", name));
      } else if (seen != count) {
        say(place, fmt::format("has \"{}\" {}, not {}", name, times(seen), times(count)));
      }
    }
    for (const auto& [name, count] : got) {
      if (!wanted.count(name)) say(place, fmt::format("has \"{}\", which should not be there", name));
    }
  }

  void compare_mentions(const Json& texts, const Json& value, const std::string& place) {
    const auto inside_text = to_text(value);
    for (const auto& text : texts.is_array() ? texts : Json::array({texts})) {
      if (inside_text.find(text.get<std::string>()) != std::string::npos) continue;
      say(place, fmt::format("does not mention \"{}\"", text.get<std::string>()));
    }
  }

  void compare_any(const Json& patterns, const Json& value, const std::string& place) {
    std::optional<std::vector<std::string>> fewest;
    for (const auto& pattern : patterns) {
      Comparison one(ownership_);
      one.compare(pattern, value, place);
      if (!fewest || one.found.size() < fewest->size()) fewest = std::move(one.found);
    }
    if (fewest) found.insert(found.end(), fewest->begin(), fewest->end());
  }

  const Ownership& ownership_;
};

/// The pattern with its matchers replaced by what they stand for.
Json example_of(const Json& pattern) {
  const auto matcher = matcher_of(pattern);
  if (matcher == "exactly" || matcher == "ours") return example_of(pattern[matcher]);
  if (matcher == "one of") return example_of(pattern[matcher].front());
  if (matcher == "mentions") {
    auto example = Json::array({"..."});
    for (const auto& text :
         pattern[matcher].is_array() ? pattern[matcher] : Json::array({pattern[matcher]})) {
      example.push_back(text);
    }
    example.push_back("...");
    return example;
  }
  if (pattern == "$any") return "...";
  auto example = pattern;
  if (pattern.is_object()) {
    for (const auto& field : pattern.items()) {
      if (field.value() == "$absent") {
        example.erase(field.key());
      } else {
        example[field.key()] = example_of(field.value());
      }
    }
  } else if (pattern.is_array()) {
    for (auto& item : example) item = example_of(item);
  }
  return example;
}

}  // namespace

std::vector<std::string> differences(const Json& pattern, const Json& value, const Ownership& ownership) {
  Comparison comparison(ownership);
  comparison.compare(pattern, value, "");
  return std::move(comparison.found);
}

std::string describe_pattern(const Json& pattern) {
  if (matcher_of(pattern) == "mentions")
    return fmt::format("a message with {}", to_text(pattern["mentions"]));
  auto text = to_text(example_of(pattern));
  constexpr std::string_view placeholder = "\"...\"";  // stands for something, and is no text itself
  for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
    text.replace(at, placeholder.size(), "...");
  }
  return text;
}

std::string shortened(const std::string& text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  const auto is_continuation = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t head = most_bytes * 2 / 3;
  while (head > 0 && is_continuation(head)) --head;
  std::size_t tail = text.size() - most_bytes / 3;
  while (tail < text.size() && is_continuation(tail)) ++tail;
  return fmt::format("{} [... {} bytes ...] {}", text.substr(0, head), tail - head, text.substr(tail));
}

}  // namespace chatlab::conformance
