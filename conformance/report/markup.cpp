#include "conformance/report/markup.hpp"

#include "conformance/legible.hpp"

namespace chatlab::conformance {
namespace {

/// U+FFFE and U+FFFF: UTF-8 like any other, but no characters of XML.
bool is_noncharacter(std::string_view text) {
  return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

}  // namespace

std::string escaped_markup(std::string_view text, bool lines) {
  const auto safe = printable(text, lines);
  std::string escaped;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    if (is_noncharacter(std::string_view(safe).substr(i))) {
      escaped += "\xEF\xBF\xBD";
      i += 2;
      continue;
    }
    switch (safe[i]) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += safe[i];
    }
  }
  return escaped;
}

std::string escaped_markdown(std::string_view text) {
  constexpr std::string_view special = "\\`*_[]#|~$:";
  std::string escaped;
  for (const char letter : printable(text)) {
    if (letter == '&' || letter == '<' || letter == '>' || letter == '@') {
      // As entities: a backslash does not keep GitHub from reading "@name" as a mention.
      escaped += letter == '&' ? "&amp;" : letter == '<' ? "&lt;" : letter == '>' ? "&gt;" : "&#64;";
    } else {
      if (special.find(letter) != std::string_view::npos) escaped += '\\';
      escaped += letter;
    }
  }
  return escaped;
}

}  // namespace chatlab::conformance
