#include "conformance/variables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "conformance/pattern.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

std::string filler(std::string_view size) {
  constexpr std::size_t most_bytes = 16 << 20;
  std::size_t size_bytes = 0;
  const auto [end, failed] = std::from_chars(size.data(), size.data() + size.size(), size_bytes);
  if (failed != std::errc{} || end != size.data() + size.size() || size_bytes > most_bytes) {
    throw ScriptMistake(fmt::format("$filler takes a number up to {}, not '{}'", most_bytes, size));
  }
  std::string text;
  text.reserve(size_bytes);
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";
  while (text.size() < size_bytes) text += alphabet.substr(0, size_bytes - text.size());
  return text;
}

}  // namespace

Variables::Variables(const Check& check, std::string tag)
    : names_(check.names.begin(), check.names.end()), groups_(check.groups), tag_(std::move(tag)) {
  for (const auto& part : check.clients) names_.insert(part.name);
}

Json Variables::fill_in(const Json& value, int i, const std::string& me) const {
  if (value.is_string()) return fill_in_text(value.get<std::string>(), i, me);
  if (value.is_array()) return fill_in_list(value, i, me);
  auto filled = value;
  if (value.is_object()) {
    for (auto& item : filled.items()) item.value() = fill_in(item.value(), i, me);
  }
  return filled;
}

Json Variables::fill_in_list(const Json& items, int i, const std::string& me) const {
  auto filled = Json::array();
  for (const auto& item : items) {
    const auto text = item.is_string() ? item.get<std::string>() : "";
    const auto group = groups_.find(text.empty() ? text : text.substr(1));
    if (!text.starts_with('$') || group == groups_.end()) {
      filled.push_back(fill_in(item, i, me));
      continue;
    }
    for (const auto& name : group->second) filled.push_back(tagged(name, tag_));
  }
  return filled;
}

std::string Variables::fill_in_text(const std::string& text, int i, const std::string& me) const {
  if (is_placeholder(text)) return text;
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      filled.push_back(text[at++]);
      continue;
    }
    const auto end =
        std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", at + 1), text.size());
    const auto word = text.substr(at + 1, end - at - 1);
    at = end;
    if (word == "filler" && text.compare(end, 1, "(") == 0) {
      const auto close = std::min(text.find(')', end), text.size());
      filled += filler(std::string_view(text).substr(end + 1, close - end - 1));
      at = std::min(close + 1, text.size());
    } else {
      filled += variable(word, i, me);
    }
  }
  return filled;
}

std::string Variables::variable(const std::string& word, int i, const std::string& me) const {
  if (word == "nonce") return tagged("nonce", tag_);
  if (word == "me" && !me.empty()) return tagged(me, tag_);
  if (word == "i") return std::to_string(i);
  if (names_.count(word)) return tagged(word, tag_);
  throw ScriptMistake(
      fmt::format("'${}' is neither a client, nor one of 'names', nor $nonce, $i, $filler(N), $any, "
                  "$text, $list, $object or $absent; $me is for what is sent",
                  word));
}

}  // namespace chatlab::conformance
