#include "conformance/report/html_evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/legible.hpp"
#include "conformance/report/markup.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

class HtmlEvidence {
 public:
  explicit HtmlEvidence(const CheckResult& result) : result_(result) {}

  std::string write(bool with_transcripts) {
    add("<ul class=\"evidence\">\n");
    for (std::size_t i = 0; i < result_.proof.segments.size(); ++i) {
      for (const auto& expectation : result_.proof.expectations) {
        if (expectation.segment == i) write_expectation(expectation);
      }
      const auto words = closing_words(result_.proof.segments[i]);
      if (!words.empty()) add("<li>Nothing more could come: {}.</li>\n", escaped_markup(words));
    }
    add("</ul>\n");
    if (with_transcripts) write_transcripts();
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  void write_expectation(const Proof::Expectation& expectation) {
    const bool kept = expectation.is_kept();
    add("<li><span class=\"{}\">{}</span> {}<ul>\n", kept ? "yes" : "no",
        kept ? "✓" : "✗ not kept:", escaped_markup(expectation.words));
    write_frames(expectation, &Proof::Message::met, "");
    write_frames(expectation, &Proof::Message::unwanted, "should not have come: ");
    std::vector<std::string> missing;
    for (const auto& message : expectation.messages) {
      for (const auto& client : message.missing) {
        if (std::find(missing.begin(), missing.end(), client) == missing.end()) missing.push_back(client);
      }
    }
    if (!missing.empty())
      add("<li class=\"no\">missing to {}</li>\n", escaped_markup(listed_briefly(missing)));
    add("</ul></li>\n");
  }

  /// The first frames: of fifty clients that got twenty messages each, one sees enough in a few.
  void write_frames(const Proof::Expectation& expectation, std::vector<Proof::Frame> Proof::Message::*kind,
                    const char* prefix) {
    constexpr std::size_t most_shown = 6;
    std::size_t count = 0;
    for (const auto& message : expectation.messages) {
      for (const auto& frame : message.*kind) {
        if (++count > most_shown) continue;
        const auto& event = event_of(frame);
        add("<li>{}{} after {:.3f} ms: <code>{}</code></li>\n", prefix, escaped_markup(frame.client),
            static_cast<double>(event.at.count()) / 1000.0,
            escaped_markup(shortened(untagged(event.text, result_.proof.tag))));
      }
    }
    if (count > most_shown) add("<li>and {} more</li>\n", count - most_shown);
  }

  const Event& event_of(const Proof::Frame& frame) const {
    const auto is = [&](const Transcript& one) { return one.client == frame.client; };
    return std::find_if(result_.transcripts.begin(), result_.transcripts.end(), is)->events.at(frame.event);
  }

  void write_transcripts() {
    constexpr std::size_t shown_bytes = 400;
    add("<details><summary>Every "
        "frame</summary><table>\n<tr><th>ms</th><th>client</th><th></th><th>text</th></tr>\n");
    for (const auto& transcript : result_.transcripts) {
      for (std::size_t i = 0; i < transcript.events.size(); ++i) {
        const auto& event = transcript.events[i];
        add("<tr><td class=\"time\">{:.3f}</td><td>{}</td><td>{}{}</td><td><code>{}</code></td></tr>\n",
            static_cast<double>(event.at.count()) / 1000.0, escaped_markup(transcript.client),
            words_of(event), mark_of(result_.proof.role_of({transcript.client, i})),
            escaped_markup(shortened(event.text, shown_bytes)));
      }
    }
    add("</table></details>\n");
  }

  static std::string_view words_of(const Event& event) {
    switch (event.kind) {
      case Event::Kind::connected:
        return "connected";
      case Event::Kind::sent:
        return event.is_text ? "sent" : "sent (binary)";
      case Event::Kind::received:
        return event.is_text ? "received" : "received (binary)";
      case Event::Kind::pinged:
        return "pinged";
      case Event::Kind::pong:
        return "pong";
      case Event::Kind::closed_by_us:
        return "left";
      case Event::Kind::closed_by_server:
        break;
    }
    return "ended by the server";
  }
  static std::string_view mark_of(Proof::Role role) {
    return role == Proof::Role::met        ? ", wanted"
           : role == Proof::Role::unwanted ? ", should not have come"
           : role == Proof::Role::marker   ? ", fence"
                                           : "";
  }

  const CheckResult& result_;
  std::string text_;
};

}  // namespace

std::string evidence_as_html(const CheckResult& result, bool with_transcripts) {
  return HtmlEvidence(result).write(with_transcripts);
}

}  // namespace chatlab::conformance
