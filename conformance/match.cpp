#include "conformance/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "conformance/legible.hpp"
#include "conformance/pattern.hpp"
#include "conformance/payload_reader.hpp"

namespace chatlab::conformance {
namespace {

/// The pattern itself where it is a text, else nothing.
std::string_view word_of(const Json& pattern) {
  if (!pattern.is_string()) return {};
  return pattern.get_ref<const std::string&>();
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
  /// Differences are put into words only where somebody wants to read them; else the first one is enough.
  enum class Wanted { words, verdict };

  Comparison(const Ownership& ownership, Wanted wanted) : ownership_(ownership), wanted_(wanted) {}

  bool differs() const { return differs_; }
  std::vector<std::string> take_words() { return std::move(words_); }

  void compare(const Json& pattern, const Json& value, const std::string& place) {
    if (is_decided()) return;
    const auto word = word_of(pattern);
    if (word == "$any") return;
    if (word == "$text") {
      if (!value.is_string()) say(place, "is {}, not a text", shortened(to_text(value), 60));
      return;
    }
    if (word == "$list" || word == "$object") {
      const bool right = word == "$list" ? value.is_array() : value.is_object();
      if (!right) say(place, "is {}, not {}", kind_of(value), word == "$list" ? "an array" : "an object");
      return;
    }
    const auto matcher = matcher_of(pattern);
    if (matcher == "json in text") return compare_json_in_text(pattern["json in text"], value, place);
    if (matcher == "exactly") return compare_exactly(pattern["exactly"], value, place);
    if (matcher == "ours") return compare_roster(pattern["ours"], value, place);
    if (matcher == "mentions") return compare_mentions(pattern["mentions"], value, place);
    if (matcher == "all") return compare_all(pattern["all"], value, place);
    if (matcher == "one of") return compare_any(pattern["one of"], value, place);
    if (pattern.is_object()) return compare_fields(pattern, value, place);
    if (pattern.is_array()) return compare_items(pattern, value, place);
    compare_values(pattern, value, place);
  }

 private:
  bool is_decided() const { return differs_ && wanted_ == Wanted::verdict; }

  template <class... Values>
  void say(const std::string& place, fmt::format_string<Values...> what, Values&&... values) {
    differs_ = true;
    if (is_decided()) return;
    auto words = place.empty() ? std::string("it ") : fmt::format("\"{}\" ", place);
    fmt::format_to(std::back_inserter(words), what, std::forward<Values>(values)...);
    words_.push_back(std::move(words));
  }

  static std::string inside(const std::string& place, const std::string& field) {
    return place.empty() ? field : fmt::format("{}.{}", place, field);
  }

  void compare_fields(const Json& pattern, const Json& value, const std::string& place) {
    if (!value.is_object()) return say(place, "is {}, not an object", kind_of(value));
    for (const auto& field : pattern.items()) {
      if (is_decided()) return;
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
    if (!value.is_array()) return say(place, "is {}, not an array", kind_of(value));
    if (value.size() != pattern.size()) {
      return say(place, "has {} items, not {}", value.size(), pattern.size());
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      compare(pattern[i], value[i], inside(place, std::to_string(i)));
    }
  }

  void compare_values(const Json& pattern, const Json& value, const std::string& place) {
    if (pattern == value) return;
    differs_ = true;
    if (is_decided()) return;  // by far the most frequent end: what it would say is not even looked up
    if (pattern.is_string() && value.is_string()) {
      return compare_texts(pattern.get_ref<const std::string&>(), value.get_ref<const std::string&>(), place);
    }
    if (pattern.is_structured() || value.is_structured()) {
      return say(place, "is {}, not {}", kind_of(value), kind_of(pattern));
    }
    say(place, "is {}, not {}", shortened(to_text(value), 60), shortened(to_text(pattern), 60));
  }

  void compare_texts(const std::string& wanted, const std::string& got, const std::string& place) {
    constexpr std::size_t readable_bytes = 60;
    if (wanted.size() <= readable_bytes && got.size() <= readable_bytes) {
      return say(place, "is {}, not {}", to_text(got), to_text(wanted));
    }
    const auto differ = std::mismatch(wanted.begin(), wanted.end(), got.begin(), got.end());
    say(place, "is not the same text: {} bytes instead of {}, different from byte {} on", got.size(),
        wanted.size(), differ.first - wanted.begin() + 1);
  }

  void compare_exactly(const Json& pattern, const Json& value, const std::string& place) {
    if (is_decided()) return;
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
    if (!value.is_array()) return say(place, "is {}, not an array of names", kind_of(value));
    std::map<std::string, std::size_t> wanted, got;
    for (const auto& name : names) ++wanted[name.get<std::string>()];
    for (const auto& entry : value) {
      if (!entry.is_string()) {
        return say(place, "holds {}, which is not a name", shortened(to_text(entry), 60));
      }
      const auto name = entry.get<std::string>();
      if (is_our_name(name, ownership_)) ++got[name];
    }
    for (const auto& [name, count] : wanted) {
      const auto seen = got[name];
      if (seen == 0) {
        say(place, "leaves out \"{}\"", name);
      } else if (seen != count) {
        say(place, "has \"{}\" {}, not {}", name, times(seen), times(count));
      }
    }
    for (const auto& [name, count] : got) {
      if (!wanted.count(name)) say(place, "has \"{}\", which should not be there", name);
    }
  }

  void compare_mentions(const Json& texts, const Json& value, const std::string& place) {
    if (!texts.is_array()) return compare_mention(texts, value, place);
    for (const auto& text : texts) {
      if (is_decided()) return;
      compare_mention(text, value, place);
    }
  }
  void compare_mention(const Json& pattern, const Json& value, const std::string& place) {
    const auto& text = pattern.get_ref<const std::string&>();
    // Asked of every message for every pattern, and hardly any text needs an escape.
    const bool is_escape_needed = std::any_of(text.begin(), text.end(), is_escaped);
    const auto quoted = is_escape_needed ? to_text(pattern) : "";
    const Needle needle{text,
                        is_escape_needed ? std::string_view(quoted).substr(1, quoted.size() - 2) : text};
    if (!mentions(value, needle)) say(place, "does not mention \"{}\"", text);
  }
  static bool is_escaped(char letter) {
    return letter == '"' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20;
  }

  /// A text, and how it is written in JSON: a string may hold JSON once more.
  struct Needle {
    std::string_view text;
    std::string_view escaped;
  };

  /// True where a string, a field's name or another value inside holds the text.
  static bool mentions(const Json& value, const Needle& needle) {
    if (value.is_structured()) {
      return std::any_of(value.begin(), value.end(),
                         [&](const Json& item) { return mentions(item, needle); }) ||
             (value.is_object() && is_field(value, needle));
    }
    if (value.is_string()) return holds(value.get_ref<const std::string&>(), needle);
    return holds(to_text(value), needle);
  }
  static bool is_field(const Json& object, const Needle& needle) {
    const auto& fields = object.get_ref<const Json::object_t&>();
    return std::any_of(fields.begin(), fields.end(),
                       [&](const auto& field) { return holds(field.first, needle); });
  }
  static bool holds(std::string_view whole, const Needle& needle) {
    const auto has =
        [&](std::string_view part) {  // find() compares at every place where the first letter fits
          return ::memmem(whole.data(), whole.size(), part.data(), part.size()) != nullptr;
        };
    return has(needle.text) || (needle.escaped != needle.text && has(needle.escaped));
  }

  void compare_all(const Json& pattern, const Json& value, const std::string& place) {
    if (!value.is_array()) return say(place, "is {}, not an array", kind_of(value));
    for (std::size_t i = 0; i < value.size(); ++i)
      compare(pattern, value[i], inside(place, std::to_string(i)));
  }

  void compare_json_in_text(const Json& pattern, const Json& value, const std::string& place) {
    const auto inner = value.is_string() ? json_of(value.get_ref<const std::string&>()) : nullptr;
    if (!inner || !inner->is_structured()) return say(place, "is not a text that holds JSON");
    compare(pattern, *inner, place);
  }

  void compare_any(const Json& patterns, const Json& value, const std::string& place) {
    std::optional<std::vector<std::string>> fewest;
    for (const auto& pattern : patterns) {
      Comparison one(ownership_, wanted_);
      one.compare(pattern, value, place);
      if (!one.differs_) return;
      if (!fewest || one.words_.size() < fewest->size()) fewest = std::move(one.words_);
    }
    if (!fewest) return;
    differs_ = true;
    words_.insert(words_.end(), fewest->begin(), fewest->end());
  }

  const Ownership& ownership_;
  const Wanted wanted_;
  bool differs_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> differences(const Json& pattern, const Json& value, const Ownership& ownership) {
  Comparison comparison(ownership, Comparison::Wanted::words);
  comparison.compare(pattern, value, "");
  return comparison.take_words();
}

bool matches(const Json& pattern, const Json& value, const Ownership& ownership) {
  Comparison comparison(ownership, Comparison::Wanted::verdict);
  comparison.compare(pattern, value, "");
  return !comparison.differs();
}

}  // namespace chatlab::conformance
