#include "loadgen/report/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {
namespace {

constexpr double width = 900, height = 420;
constexpr double left = 76, right = 24, top = 20, bottom = 58;
constexpr std::size_t colours = 6;  // of the style sheet

// Okabe and Ito's colours, which all kinds of colour-blind people tell apart; dashes for those who print.
constexpr auto style = R"(<style>
text{font:13px system-ui,sans-serif;fill:#3c4043}.grid{stroke:#e0e3e7}.minor{stroke:#eff1f3}.rule{stroke:#b3261e;stroke-dasharray:6 4}
.line{fill:none;stroke-width:2.5;stroke-linejoin:round}.c0{stroke:#0072b2}.c1{stroke:#d55e00;stroke-dasharray:9 4}.c2{stroke:#009e73;stroke-dasharray:2 4}
.c3{stroke:#a6518a;stroke-dasharray:9 3 2 3}.c4{stroke:#8a6d00;stroke-dasharray:5 5}.c5{stroke:#3d4a5c;stroke-dasharray:14 4}
.dot{stroke-width:2;stroke-dasharray:none}.ring{fill:#fff}.f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#a6518a}.f4{fill:#8a6d00}.f5{fill:#3d4a5c}
.paper{fill:#fff}
@media(prefers-color-scheme:dark){.paper,.ring{fill:#16191d}text{fill:#c9cdd3}.grid{stroke:#343a41}.minor{stroke:#23282e}
.c0{stroke:#56b4e9}.c1{stroke:#ff9d4d}.c2{stroke:#3ddbab}.c3{stroke:#e59ccb}.c4{stroke:#f0d14a}.c5{stroke:#b8c4d6}
.f0{fill:#56b4e9}.f1{fill:#ff9d4d}.f2{fill:#3ddbab}.f3{fill:#e59ccb}.f4{fill:#f0d14a}.f5{fill:#b8c4d6}}
</style>)";

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot) {
    if (!plot.x_ticks.empty()) {
      x_low_ = plot.x_ticks.front().at;
      x_high_ = plot.x_ticks.back().at;
    }
    double low = 1e12, high = 0;
    const auto see = [&](double ms) {
      low = std::min(low, ms);
      high = std::max(high, ms);
    };
    for (const auto& line : plot.lines) {
      for (const auto& [x, ms] : line.points) see(ms);
    }
    if (plot.rule_ms) see(*plot.rule_ms);
    if (high <= 0) low = high = 1;
    // Whole decades would leave half of the picture empty: a little room is enough.
    y_low_ = std::log10(low) - 0.08;
    y_high_ = std::max(std::log10(high) + 0.08, y_low_ + 0.4);
  }

  std::string draw(bool standalone) {
    svg_ = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">)",
        width, height, escaped(plot_.title));
    if (standalone)
      svg_ += fmt::format(R"({}<rect class="paper" width="{:g}" height="{:g}"/>)", style, width, height);
    draw_times();
    draw_ticks();
    if (plot_.rule_ms) draw_rule();
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) draw_line(plot_.lines[i], i % colours);
    draw_names();
    return svg_ + "</svg>\n";
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    svg_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  double x(double at) const {
    const auto place = [&](double value) { return plot_.x_is_logarithmic ? std::log10(value) : value; };
    const double span = std::max(1e-9, place(x_high_) - place(x_low_));
    return left + (place(at) - place(x_low_)) / span * (width - left - right);
  }
  double y(double ms) const {
    return height - bottom - (std::log10(ms) - y_low_) / (y_high_ - y_low_) * (height - top - bottom);
  }

  void draw_times() {
    const bool is_wide = y_high_ - y_low_ > 2.5;  // decades: their parts would crowd
    for (int decade = -4; decade <= 7; ++decade) {
      for (int digit = 1; digit <= 9; ++digit) {
        const double ms = digit * std::pow(10, decade);
        if (std::log10(ms) < y_low_ || std::log10(ms) > y_high_) continue;
        const bool is_labelled = digit == 1 || (!is_wide && (digit == 2 || digit == 5));
        add(R"(<path class="{}" d="M{:.1f} {:.1f}H{:.1f}"/>)", is_labelled ? "grid" : "minor", left, y(ms),
            width - right);
        if (is_labelled)
          add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)", left - 8, y(ms) + 4,
              time_label(ms));
      }
    }
    add(R"(<text x="{:.1f}" y="14">{}</text>)", 4.0, escaped(plot_.y_title));
  }

  static std::string time_label(double ms) {
    if (ms < 0.999) return fmt::format("{:g} us", std::round(ms * 1e6) / 1e3);
    return ms < 999 ? fmt::format("{:g} ms", ms) : fmt::format("{:g} s", ms / 1000);
  }

  void draw_ticks() {
    double last = -1e9;
    for (const auto& tick : plot_.x_ticks) {
      const double at = x(tick.at);
      add(R"(<path class="grid" d="M{:.1f} {:.1f}V{:.1f}"/>)", at, top, height - bottom);
      if (at - last < 9.0 * static_cast<double>(tick.label.size() + 1)) continue;
      last = at;
      add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)", at, height - bottom + 20,
          escaped(tick.label));
    }
    add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)", width - right, height - 12,
        escaped(plot_.x_title));
  }

  void draw_rule() {
    add(R"(<path class="rule" d="M{:.1f} {:.1f}H{:.1f}"/><text x="{:.1f}" y="{:.1f}">{}</text>)", left,
        y(*plot_.rule_ms), width - right, left + 6, y(*plot_.rule_ms) - 6, escaped(plot_.rule_label));
  }

  void draw_line(const PlotLine& line, std::size_t colour) {
    if (line.joined && !line.points.empty()) {
      svg_ += fmt::format(R"(<path class="line c{}" d=")", colour);
      const char* command = "M";
      for (const auto& [at, ms] : line.points) {
        add("{}{:.1f} {:.1f}", command, x(at), y(ms));
        command = "L";
      }
      svg_ += "\"/>";
    }
    for (std::size_t i = 0; i < line.hollow.size(); ++i) {
      const auto& [at, ms] = line.points[i];
      add(R"(<circle class="dot c{} {}" cx="{:.1f}" cy="{:.1f}" r="5"/>)", colour,
          line.hollow[i] ? "ring" : fmt::format("f{}", colour), x(at), y(ms));
    }
  }

  /// A key at the upper left, where curves of times are lowest.
  void draw_names() {
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) {
      const double line_y = top + 18 + 20 * static_cast<double>(i);
      add(R"(<path class="line c{}" d="M{:.1f} {:.1f}h34"/><text x="{:.1f}" y="{:.1f}">{}</text>)",
          i % colours, left + 14, line_y, left + 56, line_y + 4, escaped(plot_.lines[i].name));
    }
  }

  const Plot& plot_;
  double x_low_ = 0, x_high_ = 1, y_low_ = 0, y_high_ = 1;  // y: powers of ten
  std::string svg_;
};

}  // namespace

std::string svg_of(const Plot& plot, bool standalone) {
  return Drawing(plot).draw(standalone);
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

double nines(double percent) {
  return -std::log10(1 - percent / 100);
}

}  // namespace chatlab::loadgen
