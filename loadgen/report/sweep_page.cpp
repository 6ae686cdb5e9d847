#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/quantity.hpp"
#include "loadgen/report/page_parts.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

const char* axis_title(Axis axis) {
  switch (axis) {
    case Axis::rate:
      return "broadcasts a second";
    case Axis::clients:
      return "clients";
    case Axis::payload:
      break;
  }
  return "bytes of each message";
}

/// The first SLO about times: its percentile is what the chart shows.
const Slo* time_slo(const Sweep& sweep) {
  for (const auto& slo : sweep.slos) {
    if (times_named(Figures(), slo.value)) return &slo;
  }
  return nullptr;
}

std::string shown_time(const Slo* slo) {
  if (!slo) return "completion p99";
  return slo->percent >= 100 ? slo->value + " max" : fmt::format("{} p{:g}", slo->value, slo->percent);
}

PlotLine climb_line(const Climb& climb, const Slo* slo) {
  struct Point {
    double load, ms;
    bool is_hollow;
  };
  std::vector<Point> points;
  for (const auto& window : climb.windows) {
    const auto* times =
        slo ? times_named(window.result.figures, slo->value) : &window.result.figures.completion;
    const auto time = times->percentile(slo ? slo->percent : 99);
    if (!time || times->count() == 0) continue;  // lost: as long as it takes, and longer
    points.push_back({window.step.load, std::max(1e-3, static_cast<double>(time->count()) / 1000),
                      window.held != Held::yes});
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& left, const Point& right) { return left.load < right.load; });
  PlotLine line{climb.name, {}, {}, true};
  for (const auto& point : points) {
    line.points.emplace_back(point.load, point.ms);
    line.hollow.push_back(point.is_hollow);
  }
  return line;
}

std::vector<PlotTick> load_ticks(double low, double high) {
  std::vector<PlotTick> ticks = {{low, ""}};
  for (int decade = 0; decade <= 6; ++decade) {
    for (const int digit : {1, 2, 5}) {
      const double at = digit * std::pow(10, decade);
      if (at > low && at < high) ticks.push_back({at, number_in_words(at)});
    }
  }
  ticks.push_back({high, ""});
  return ticks;
}

Page::Table windows_table(const Climb& climb, Axis axis) {
  Page::Table table{fmt::format("Every window: {}", climb.name),
                    {"load", "why", "held", "p50", "p99", "achieved", "reach", "verdict"},
                    {}};
  constexpr const char* whys[] = {"climb", "narrow", "confirm"};
  constexpr const char* helds[] = {"yes", "no", "cannot tell"};
  for (const auto& window : climb.windows) {
    const auto& result = window.result;
    table.rows.push_back(
        {load_in_words(axis, window.step.load), whys[static_cast<std::size_t>(window.step.why)],
         window.why.empty() ? helds[static_cast<std::size_t>(window.held)]
                            : fmt::format("{}: {}", helds[static_cast<std::size_t>(window.held)], window.why),
         time_in_words(result.figures.completion.percentile(50)),
         time_in_words(result.figures.completion.percentile(99)),
         fmt::format("{:.1f}/s", result.achieved_per_s()),
         fmt::format("{:.4g} %", result.figures.reach() * 100),
         std::string(to_string(result.verdict.trust))});
  }
  return table;
}

void add_bars(const Sweep& sweep, Page& page) {
  double most = 0;
  for (const auto& climb : sweep.climbs) most = std::max(most, climb.finding.load);
  page.bars_title = "The highest load that is held";
  for (const auto& climb : sweep.climbs) {
    const auto& finding = climb.finding;
    page.bars.push_back({climb.name, finding.load > 0 ? load_in_words(sweep.axis, finding.load) : "none",
                         in_words(climb, sweep.axis), most > 0 ? finding.load / most : 0,
                         finding.confirmed ? Tone::plain : Tone::bad});
  }
}

}  // namespace

Plot main_plot(const Sweep& sweep) {
  const auto* slo = time_slo(sweep);
  Plot plot;
  plot.title = fmt::format("{} by {}", shown_time(slo), axis_title(sweep.axis));
  plot.x_title = axis_title(sweep.axis);
  plot.y_title = shown_time(slo);
  plot.x_is_logarithmic = true;
  double low = 1e12, high = 0;
  for (const auto& climb : sweep.climbs) {
    plot.lines.push_back(climb_line(climb, slo));
    for (const auto& [load, ms] : plot.lines.back().points) {
      low = std::min(low, load);
      high = std::max(high, load);
    }
  }
  if (high > 0) plot.x_ticks = load_ticks(low / 1.1, high * 1.1);
  if (slo) {
    plot.rule_ms = slo->bound / 1000;
    plot.rule_label = slo->text;
  }
  return plot;
}

Page page_of(const Sweep& sweep) {
  Page page;
  page.title = "How much can it take?";
  for (const auto& climb : sweep.climbs) {
    const auto load =
        climb.finding.load > 0 ? load_in_words(sweep.axis, climb.finding.load) : "no load that was tried";
    page.headline +=
        fmt::format("{}{} {} {}", page.headline.empty() ? "" : "; ", climb.name,
                    climb.finding.load == 0 || climb.finding.confirmed ? "holds" : "seems to hold", load);
  }
  page.lead = "Held means:";
  for (const auto& slo : sweep.slos) page.lead += fmt::format(" {},", slo.text);
  page.lead += " nothing lost, as fast as offered, no growing backlog; confirmed three times over.";
  add_bars(sweep, page);
  page.charts.push_back(plot_chart(
      main_plot(sweep), fmt::format("{} by {}", shown_time(time_slo(sweep)), axis_title(sweep.axis)),
      "Each dot is a window of the measurement: filled where the load was held, a ring where it was not, or "
      "where nothing can be said. The dashed line is what is promised."));
  std::vector<PlotLine> lines;
  std::vector<NamedResult> results;
  for (const auto& climb : sweep.climbs) {
    for (const auto& window : climb.windows) {
      if (window.step.load != climb.finding.load || window.held != Held::yes) continue;
      lines.push_back(
          completion_line(fmt::format("{} at {}", climb.name, load_in_words(sweep.axis, window.step.load)),
                          window.result.figures.completion));
      results.push_back({climb.name, &window.result});
      break;
    }
  }
  if (!results.empty()) {
    page.charts.push_back(
        plot_chart(completion_plot(std::move(lines)), "At the highest load that is held",
                   "So many per cent of the messages had reached everybody after so long."));
    for (const auto& named : results) page.charts.push_back(heat_chart(named));
    page.charts.push_back(flow_chart(results));
  }
  for (const auto& climb : sweep.climbs) {
    page.tables.push_back(windows_table(climb, sweep.axis));
    page.facts.emplace_back(climb.name, climb.words);
  }
  page.facts.emplace_back("Load", load_in_words(sweep.settings, sweep.axis));
  for (auto& fact : machine_facts()) page.facts.push_back(std::move(fact));
  return page;
}

}  // namespace chatlab::loadgen
