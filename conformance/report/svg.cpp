#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/report/diagram.hpp"
#include "conformance/report/markup.hpp"

namespace chatlab::conformance {
namespace {

using Row = Diagram::Row;

// In pixels of the picture, which scales.
constexpr int width = 880;
constexpr int server_x = 46;
constexpr int first_lane_x = 190;
constexpr int lane_margin = 60;
constexpr int head_height = 64;
constexpr int row_height = 36;
constexpr int foot_height = 14;

class Picture {
 public:
  explicit Picture(const Diagram& diagram) : diagram_(diagram) {}

  std::string draw(std::string_view style) {
    const auto height = head_height + static_cast<int>(diagram_.rows.size()) * row_height + foot_height;
    std::string id = "diagram-";
    for (const char letter : diagram_.title)
      id += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '-';
    add(R"(<svg class="diagram" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" role="img" aria-labelledby="{}-title {}-desc">)"
        "\n",
        width, height, width, id, id);
    add("<title id=\"{}-title\">What was exchanged in {}</title>\n<desc id=\"{}-desc\">{}</desc>\n", id,
        escaped_markup(diagram_.title), id,
        escaped_markup(fmt::format("{}", fmt::join(diagram_in_words(diagram_), ". "))));
    if (!style.empty()) add("<style>{}</style>\n", style);
    add("<text class=\"before\" x=\"{}\" y=\"14\">{}</text>\n", server_x - 34,
        escaped_markup(diagram_.before.empty() ? "" : "Before: " + diagram_.before));
    draw_lane(server_x, "server", "lane server", height);
    for (std::size_t i = 0; i < diagram_.lanes.size(); ++i) {
      draw_lane(x_of(i), diagram_.lanes[i].name, "lane", height);
    }
    for (std::size_t i = 0; i < diagram_.rows.size(); ++i) {
      y_ = head_height + static_cast<int>(i) * row_height + 26;
      draw_row(diagram_.rows[i]);
    }
    add("</svg>\n");
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  int x_of(std::size_t lane) const {
    const auto count = static_cast<int>(diagram_.lanes.size());
    if (count < 2) return (first_lane_x + width - lane_margin) / 2;
    return first_lane_x + static_cast<int>(lane) * (width - lane_margin - first_lane_x) / (count - 1);
  }

  void draw_lane(int x, const std::string& name, std::string_view css, int height) {
    constexpr int half = 38;
    add("<g class=\"{}\"><line x1=\"{}\" y1=\"46\" x2=\"{}\" y2=\"{}\"/>"
        "<rect x=\"{}\" y=\"24\" width=\"{}\" height=\"22\" rx=\"11\"/><text x=\"{}\" "
        "y=\"39\">{}</text></g>\n",
        css, x, x, height - foot_height / 2, x - half, 2 * half, x, escaped_markup(name));
  }

  void draw_row(const Row& row) {
    switch (row.kind) {
      case Row::Kind::sent:
        return draw_sent(row);
      case Row::Kind::received:
        return draw_received(row);
      case Row::Kind::connected:
      case Row::Kind::left:
      case Row::Kind::ended:
        return draw_coming_or_going(row);
      case Row::Kind::fence:
        return draw_fence(row);
      case Row::Kind::left_out:
        add("<text class=\"gap\" x=\"{}\" y=\"{}\">⋮ {}</text>\n", server_x + 12, y_ - 8,
            escaped_markup(row.text));
    }
  }

  void draw_sent(const Row& row) {
    const auto x = x_of(row.lanes.front());
    add("<g class=\"sent\">");
    draw_label(row.text, "");
    add("<circle cx=\"{}\" cy=\"{}\" r=\"4\"/>", x, y_);
    draw_line(x, server_x + 8, "");
    draw_head(server_x + 1, -1);
    add("</g>\n");
  }

  /// One line past all who received it, with a head at each; dashed where it should have gone on.
  void draw_received(const Row& row) {
    auto came = row.lanes;
    auto missing = row.missing;
    std::sort(came.begin(), came.end());
    std::sort(missing.begin(), missing.end());
    const auto reached = came.empty() ? server_x : x_of(came.back());
    const bool is_wrong = came.empty() || !row.unwanted.empty();
    add("<g class=\"received{}{}\">", is_wrong ? " wrong" : "", row.is_evidence ? " evidence" : "");
    draw_label(row.text, remark_of(row), !row.missing.empty() || !row.unwanted.empty());
    if (!came.empty()) draw_line(server_x, reached - 8, "");
    for (const auto lane : came) draw_head(x_of(lane) - 1, +1);
    add("</g>");
    if (!missing.empty()) {
      add("<g class=\"missing\">");
      if (x_of(missing.back()) > reached) draw_line(reached, x_of(missing.back()) - 8, " dashed");
      for (const auto lane : missing) draw_cross(x_of(lane));
      add("</g>");
    }
    add("\n");
  }

  /// Colour is not all that tells what is wrong.
  std::string remark_of(const Row& row) const {
    if (!row.missing.empty()) return "missing: " + names_of(row.missing);
    if (!row.unwanted.empty()) return "should not have come: " + names_of(row.unwanted);
    return row.is_evidence ? "✓" : "";
  }

  std::string names_of(const std::vector<std::size_t>& lanes) const {
    std::vector<std::string> names;
    for (const auto lane : lanes) names.push_back(diagram_.lanes[lane].name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void draw_coming_or_going(const Row& row) {
    const auto x = x_of(row.lanes.front());
    const bool ended = row.kind == Row::Kind::ended;
    const auto words = ended ? "the server ends the connection: " + row.text
                             : fmt::format("{} {}", names_of(row.lanes), row.text);
    add("<g class=\"{}\">", ended ? "ended" : row.kind == Row::Kind::left ? "left" : "connected");
    draw_label(words, "");
    if (row.kind == Row::Kind::connected) {
      add("<circle cx=\"{}\" cy=\"{}\" r=\"5\"/>", x, y_);
    } else {
      if (ended) draw_line(server_x, x - 8, " dashed");
      draw_cross(x);
    }
    add("</g>\n");
  }

  void draw_fence(const Row& row) {
    add("<g class=\"fence\"><line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/><text x=\"{}\" y=\"{}\">"
        "Nothing more can come: {}</text></g>\n",
        server_x, y_, width - lane_margin / 2, y_, server_x + 12, y_ - 7, escaped_markup(row.text));
  }

  void draw_label(const std::string& text, const std::string& remark, bool is_bad = false) {
    add("<text x=\"{}\" y=\"{}\">", server_x + 14, y_ - 7);
    if (!remark.empty()) {
      add("<tspan class=\"remark{}\">{}</tspan> ", is_bad ? " bad" : "", escaped_markup(remark));
    }
    add("{}</text>", escaped_markup(text));
  }
  void draw_line(int from, int to, std::string_view css) {
    add("<line class=\"arrow{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", css, from, y_, to, y_);
  }
  /// `to`: where it points; `direction`: +1 to the right.
  void draw_head(int to, int direction) { add("<path d=\"M{} {}l{} -5v10z\"/>", to, y_, -9 * direction); }
  void draw_cross(int x) { add("<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>", x - 5, y_ - 5); }

  const Diagram& diagram_;
  std::string text_;
  int y_ = 0;  // of the arrow of the row that is being drawn
};

}  // namespace

std::string diagram_as_svg(const Diagram& diagram) {
  return Picture(diagram).draw("");
}

std::string diagram_as_svg_file(const Diagram& diagram) {
  return Picture(diagram).draw(diagram_style());
}

std::string_view diagram_style() {
  return R"(
.diagram { --ink: #1f2937; --faint: #6b7280; --rail: #cbd5e1; --paper: #ffffff; --pill: #eef2f7; --sent: #1d4ed8;
  --got: #475569; --good: #15803d; --bad: #c81e1e; max-width: 100%; height: auto; background: var(--paper);
  font: 11.5px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) {
  .diagram { --ink: #e5e7eb; --faint: #9ca3af; --rail: #3f4a5a; --paper: #161b22; --pill: #273142; --sent: #79a8ff;
    --got: #a3b1c4; --good: #4ade80; --bad: #ff7b72; }
}
@media print {
  .diagram { --ink: #1f2937; --faint: #6b7280; --rail: #cbd5e1; --paper: #ffffff; --pill: #eef2f7; --sent: #1d4ed8;
    --got: #475569; --good: #15803d; --bad: #c81e1e; }
}
.diagram text { fill: var(--ink); stroke: var(--paper); stroke-width: 4px; paint-order: stroke; stroke-linejoin: round; }
.diagram .lane line { stroke: var(--rail); stroke-width: 1.5; }
.diagram .lane rect { fill: var(--pill); stroke: var(--rail); }
.diagram .lane text { text-anchor: middle; stroke: none; font-weight: 600; }
.diagram .server rect { fill: var(--got); stroke: none; }
.diagram .server text { fill: var(--paper); }
.diagram .before, .diagram .gap, .diagram .fence text, .diagram .connected text, .diagram .left text { fill: var(--faint);
  font-family: system-ui, sans-serif; }
.diagram .arrow { stroke: var(--got); stroke-width: 1.6; }
.diagram .received path { fill: var(--got); }
.diagram .sent .arrow { stroke: var(--sent); }
.diagram .sent path, .diagram .sent circle { fill: var(--sent); }
.diagram .evidence .arrow { stroke: var(--good); }
.diagram .evidence path, .diagram .evidence .remark { fill: var(--good); }
.diagram .wrong .arrow, .diagram .missing .arrow, .diagram .ended .arrow { stroke: var(--bad); }
.diagram .wrong path, .diagram .remark.bad, .diagram .ended text { fill: var(--bad); }
.diagram .remark { font-family: system-ui, sans-serif; font-weight: 700; }
.diagram .dashed { stroke-dasharray: 6 4; }
.diagram .cross { fill: none; stroke: var(--faint); stroke-width: 2.4; stroke-linecap: round; }
.diagram .missing .cross, .diagram .ended .cross { stroke: var(--bad); }
.diagram .connected circle { fill: var(--paper); stroke: var(--faint); stroke-width: 2; }
.diagram .fence line { stroke: var(--faint); stroke-dasharray: 1 5; stroke-width: 2; stroke-linecap: round; }
)";
}

}  // namespace chatlab::conformance
