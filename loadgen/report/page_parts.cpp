#include "loadgen/report/page_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "loadgen/machine.hpp"
#include "loadgen/quantity.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

constexpr double rows_per_decade = 20;  // of a heat map: a row is 12 % of its time
constexpr double grid_step = 0.02;      // nines between two points of a curve: finer than a pixel
constexpr double most_nines = 5;        // 99.999 %

double in_ms(Microseconds time) {
  return static_cast<double>(std::max<std::int64_t>(1, time.count())) / 1000;
}

/// Zero-based row of a time, by powers of ten.
int row_of(Microseconds time) {
  return static_cast<int>(std::floor(std::log10(in_ms(time)) * rows_per_decade));
}

Json line_json(const PlotLine& line) {
  auto x = Json::array(), y = Json::array(), hollow = Json::array();
  for (const auto& [at, ms] : line.points) {
    x.push_back(at);
    y.push_back(ms);
  }
  for (const bool one : line.hollow) hollow.push_back(one);
  return {{"name", line.name},
          {"x", std::move(x)},
          {"y", std::move(y)},
          {"hollow", std::move(hollow)},
          {"joined", line.joined}};
}

}  // namespace

PlotLine completion_line(const std::string& name, const Histogram& completion) {
  PlotLine line{name, {}, {}, true};
  // As far as there are values: behind the slowest of a thousand, 99.9 % is as far as it goes.
  const double last =
      std::min(most_nines, std::log10(static_cast<double>(std::max<std::uint64_t>(2, completion.count()))));
  for (double x = 0; x <= last + 1e-9; x += grid_step) {
    const auto time = completion.percentile(x == 0 ? 0 : 100 * (1 - std::pow(10, -x)));
    if (!time) break;  // what is lost is never there
    if (*time == Histogram::hidden) continue;
    line.points.emplace_back(x, in_ms(*time));
  }
  return line;
}

Plot completion_plot(std::vector<PlotLine> lines) {
  Plot plot;
  plot.title = "Time until everybody has a message, by percentiles";
  plot.x_title = "of all messages";
  plot.y_title = "everybody has it after";
  double last = 1;
  for (const auto& line : lines) {
    if (!line.points.empty()) last = std::max(last, line.points.back().first);
  }
  for (const auto& [percent, label] :
       std::initializer_list<std::pair<double, const char*>>{{0, "0 %"},
                                                             {50, "50 %"},
                                                             {75, "75 %"},
                                                             {90, "90 %"},
                                                             {95, "95 %"},
                                                             {99, "99 %"},
                                                             {99.5, "99.5 %"},
                                                             {99.9, "99.9 %"},
                                                             {99.99, "99.99 %"},
                                                             {99.999, "99.999 %"}}) {
    if (nines(percent) <= last + 1e-9) plot.x_ticks.push_back({nines(percent), label});
  }
  if (plot.x_ticks.back().at < last) plot.x_ticks.push_back({last, ""});
  plot.lines = std::move(lines);
  return plot;
}

Page::Chart plot_chart(const Plot& plot, std::string title, std::string how_to_read) {
  auto ticks = Json::array(), lines = Json::array();
  for (const auto& tick : plot.x_ticks) ticks.push_back({tick.at, tick.label});
  for (const auto& line : plot.lines) lines.push_back(line_json(line));
  return {std::move(title),
          std::move(how_to_read),
          "plot",
          {{"x_title", plot.x_title},
           {"y_title", plot.y_title},
           {"x_log", plot.x_is_logarithmic},
           {"ticks", std::move(ticks)},
           {"lines", std::move(lines)},
           {"rule", plot.rule_ms ? Json(*plot.rule_ms) : Json()},
           {"rule_label", plot.rule_label}},
          svg_of(plot, false)};
}

Page::Chart heat_chart(const NamedResult& named) {
  auto columns = Json::array();
  for (const auto& interval : named.result->figures.intervals) {
    std::map<int, std::uint64_t> rows;
    Histogram times;
    interval.add_to(times);
    for (const auto& [index, count] : interval.counts) rows[row_of(Histogram::highest_of(index))] += count;
    auto cells = Json::array();
    for (const auto& [row, count] : rows) cells.push_back({row, count});
    const auto time = [&](double percent) {
      const auto value = Histogram::told(times.percentile(percent));
      return value ? Json(in_ms(*value)) : Json();
    };
    columns.push_back({in_seconds(interval.begin), std::move(cells), time(50), time(99)});
  }
  return {fmt::format("Deliveries over time{}{}", named.name.empty() ? "" : ": ", named.name),
          "Each column is a moment of the measurement, each row a delivery time; the stronger its colour, "
          "the more "
          "deliveries took so long. A stall is a slope that falls to the right.",
          "heat",
          {{"step_s", in_seconds(named.result->settings.series_step())},
           {"rows_per_decade", rows_per_decade},
           {"columns", std::move(columns)}},
          ""};
}

Page::Chart flow_chart(const std::vector<NamedResult>& results) {
  auto series = Json::array();
  for (const auto& [name, result] : results) {
    auto at = Json::array(), rate = Json::array(), backlog = Json::array();
    Progression last;
    for (const auto& one : result->progressions) {
      const double length_s = in_seconds(one.at - last.at);
      if (last.at.count() > 0 && length_s > 0) {
        at.push_back(in_seconds(one.at));
        rate.push_back(static_cast<double>(one.delivered - last.delivered) / length_s);
        backlog.push_back(one.backlog);
      }
      last = one;
    }
    series.push_back(
        {{"name", name}, {"at", std::move(at)}, {"rate", std::move(rate)}, {"backlog", std::move(backlog)}});
  }
  return {"Throughput and backlog",
          "Above: deliveries a second. Below: deliveries that were due and had not arrived. A backlog that "
          "grows is a load "
          "that the server does not hold.",
          "flow",
          {{"series", std::move(series)}},
          ""};
}

Page::Chart login_chart(const std::vector<NamedResult>& results) {
  auto labels = Json::array(), series = Json::array();
  for (const auto& group : results.front().result->login_groups)
    labels.push_back(group.first == group.last ? fmt::format("{}", group.first)
                                               : fmt::format("{}–{}", group.first, group.last));
  for (const auto& [name, result] : results) {
    auto ms = Json::array();
    for (const auto& group : result->login_groups)
      ms.push_back(group.mean_us > 0 ? Json(group.mean_us / 1000) : Json());
    series.push_back({{"name", name}, {"ms", std::move(ms)}});
  }
  return {"Who waits longest: by the order of logins",
          "Mean delivery time of those who logged in first (left) to last (right). A server that sends to "
          "one after "
          "another lets the late ones wait; a flat line treats all alike.",
          "login",
          {{"labels", std::move(labels)}, {"series", std::move(series)}},
          ""};
}

Page::Table times_table(const Figures& figures) {
  Page::Table table{"All times", {"", "p50", "p90", "p99", "p99.9", "max"}, {}};
  for (const auto& [name, words] : std::initializer_list<std::pair<const char*, const char*>>{
           {"completion", "completion: everybody has it"},
           {"delivery", "delivery: one recipient has it"},
           {"first", "first: somebody has it"},
           {"spread", "spread: from first to last"},
           {"raw", "raw: not corrected for coordinated omission"},
           {"send_lag", "send lag: written later than due"}}) {
    const auto& times = *times_named(figures, name);
    auto& row = table.rows.emplace_back(std::vector<std::string>{words});
    for (const double percent : {50.0, 90.0, 99.0, 99.9, 100.0})
      row.push_back(times.count() ? time_in_words(times.percentile(percent)) : "-");
  }
  return table;
}

std::vector<std::pair<std::string, std::string>> machine_facts() {
  const auto machine = Machine::here();
  return {{"Machine", fmt::format("{} x {}, {}B of memory", machine.cores, machine.processor,
                                  number_in_words(static_cast<double>(machine.memory_bytes)))},
          {"System", machine.system},
          {"Made by", "chatlab-loadgen " CHATLAB_VERSION}};
}

Page::Badge trust_badge(Trust trust) {
  switch (trust) {
    case Trust::valid:
      return {"VALID: the generator kept up", Tone::good};
    case Trust::suspect:
      return {"SUSPECT: the generator hardly kept up", Tone::doubtful};
    case Trust::invalid:
      break;
  }
  return {"INVALID: not the server's times alone", Tone::bad};
}

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, "\u202f");
  return digits;
}

}  // namespace chatlab::loadgen
