#include "reference-server/cluster/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace chatlab::server::cluster {
namespace {

constexpr std::array<std::string_view, 8> words = {"login", "disconnect", "leave", "chat",
                                                   "hello", "part",       "gone",  "fresh"};

/// Takes what stands before `end` off `text`; nothing where it has no `end`.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == text.npos) return std::nullopt;
  const auto taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

}  // namespace

std::string encode(const Event& event) {
  auto text =
      fmt::format("{} {} {}\n", words[static_cast<std::size_t>(event.kind)], event.node, event.number);
  return text.append(event.body);
}

std::optional<Event> parse_event(std::string_view text) {
  const auto word = take_until(text, ' ');
  const auto node = word ? take_until(text, ' ') : std::nullopt;
  const auto digits = node ? take_until(text, '\n') : std::nullopt;
  if (!digits || !is_cluster_name(*node)) return std::nullopt;
  const auto known = std::find(words.begin(), words.end(), *word);
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  if (known == words.end() || failed != std::errc() || end != digits->data() + digits->size()) {
    return std::nullopt;
  }
  return Event{static_cast<Event::Kind>(known - words.begin()), *node, number, text};
}

bool is_cluster_name(std::string_view name) {
  constexpr std::size_t most_letters = 64;
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !name.empty() && name.size() <= most_letters && name.find_first_not_of(letters) == name.npos;
}

}  // namespace chatlab::server::cluster
