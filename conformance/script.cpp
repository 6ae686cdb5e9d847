#include "conformance/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace chatlab::conformance {
namespace {

struct Verb {
  std::string_view plural;
  std::string_view singular;
};

constexpr std::array<Verb, 10> verbs = {{{"never receive", "never receives"},
                                         {"receive", "receives"},
                                         {"hear", "hears"},
                                         {"send", "sends"},
                                         {"ping", "pings"},
                                         {"connect", "connects"},
                                         {"close and is answered", "closes and is answered"},
                                         {"close", "closes"},
                                         {"stop reading", "stops reading"},
                                         {"vanish", "vanishes"}}};

constexpr std::array<std::string_view, 4> manners = {"text", "binary", "in fragments", "in a text frame"};

/// Removes `prefix` and the blank after it; false where the text does not begin with that word.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  const auto rest = text.substr(prefix.size());
  if (!rest.empty() && rest.front() != ' ') return false;
  text = rest.substr(rest.empty() ? 0 : 1);
  return true;
}

std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || number < 1) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return number;
}

bool is_name(std::string_view text) {
  if (text.empty()) return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos;
}

/// "alice, bob receive": the names up to the first word that does not end in a comma.
std::vector<std::string> take_clients(std::string_view& text) {
  std::vector<std::string> clients;
  for (;;) {
    const auto blank = std::min(text.find(' '), text.size());
    auto word = text.substr(0, blank);
    const bool more = word.ends_with(',');
    if (more) word.remove_suffix(1);
    if (!is_name(word)) return {};
    clients.emplace_back(word);
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (!more) return clients;
  }
}

}  // namespace

std::vector<std::string> parse_clients(std::string_view text) {
  auto clients = take_clients(text);
  if (!text.empty()) clients.clear();
  return clients;
}

Sentence parse_sentence(std::string_view text) {
  Sentence sentence;
  sentence.clients = take_clients(text);
  if (sentence.clients.empty()) return {};
  for (const auto& verb : verbs) {
    if (!take(text, verb.plural) && !take(text, verb.singular)) continue;
    sentence.verb = verb.plural;
    break;
  }
  if (const auto times = take_number(text)) {
    if (!take(text, "times")) return {};
    sentence.times = *times;
    sentence.in_order = take(text, "in order");
  }
  for (const auto& manner : manners) {
    if (take(text, manner)) sentence.manner = manner;
  }
  if (!text.empty()) return {};
  return sentence;
}

std::string_view sentence_examples() {
  return "'alice sends: {...}', 'alice, bob send 20 times: {...}', 'alice sends text: ...', 'alice sends "
         "binary: "
         "...', 'alice sends in fragments: {...}', 'alice, bob receive: {...}', 'alice, bob receive in a "
         "text frame: "
         "{...}', "
         "'alice, bob receive 20 times in order: {...}', 'alice, bob hear: {...}', 'alice, bob never "
         "receive: {...}', "
         "'carol connects', 'carol closes', 'carol closes and is answered', 'carol vanishes', 'carol pings', "
         "'carol "
         "stops reading', 'server logs: TEXT', 'fence: alice', 'repeat: [...]'";
}

}  // namespace chatlab::conformance
