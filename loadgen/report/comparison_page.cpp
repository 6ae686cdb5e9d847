#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/quantity.hpp"
#include "loadgen/report/page_parts.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

Histogram completions_of(const Contender& contender) {
  Histogram all;
  for (const auto& result : contender.results) all.merge(result.figures.completion);
  if (contender.results.empty()) {
    for (const auto& round : contender.rounds) {
      for (const auto time_us : round.completions_us) all.record(Microseconds(time_us), 1);
    }
  }
  return all;
}

/// The round whose median is the median of the rounds: what it looks like is typical.
const Result* typical(const Contender& contender) {
  std::vector<const Result*> results;
  for (const auto& result : contender.results) {
    if (result.figures.completion.count() > 0) results.push_back(&result);
  }
  if (results.empty()) return nullptr;
  const auto middle = results.begin() + static_cast<std::ptrdiff_t>(results.size() / 2);
  std::nth_element(results.begin(), middle, results.end(), [](const Result* left, const Result* right) {
    return left->figures.completion.percentile(50) < right->figures.completion.percentile(50);
  });
  return *middle;
}

std::string comparison_headline(const Comparison& comparison) {
  const auto& base = comparison.contenders[comparison.base];
  std::string slower, faster, equal;
  const auto list = [](std::string& names, const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
  };
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    const auto& contender = comparison.contenders[i];
    if (i == comparison.base || contender.standing != Standing::ranked) continue;
    const auto& entry = comparison.measures.front().entries[i];
    const auto words = fmt::format("{} ({:.2f} times as long)", contender.name, entry.ratio.ratio);
    if (entry.difference == Difference::slower) list(slower, words);
    if (entry.difference == Difference::faster) list(faster, words);
    if (entry.difference == Difference::none) list(equal, contender.name);
  }
  std::string words;
  if (!faster.empty()) words += fmt::format("Faster than {}: {}. ", base.name, faster);
  if (!slower.empty()) words += fmt::format("Slower than {}: {}. ", base.name, slower);
  if (!equal.empty())
    words += fmt::format("No difference from {} that this run can show: {}. ", base.name, equal);
  const auto is_unsure = [](const Contender& contender) { return contender.standing == Standing::unsure; };
  if (words.empty() && std::all_of(comparison.contenders.begin(), comparison.contenders.end(), is_unsure))
    return "This machine was too busy to tell them apart";
  if (words.empty()) return "There is nothing to rank";
  words.pop_back();
  return words;
}

void add_bars(const Comparison& comparison, Page& page) {
  const auto& measure = comparison.measures.front();
  double longest = 0;
  for (const auto& entry : measure.entries) longest = std::max(longest, entry.value.value_or(0));
  page.bars_title = "Half of the messages had reached everybody after";
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    const auto& contender = comparison.contenders[i];
    const auto& entry = measure.entries[i];
    Page::Bar bar{contender.name, in_words(measure, entry.value), "",
                  longest > 0 ? entry.value.value_or(0) / longest : 0, Tone::plain};
    if (contender.standing != Standing::ranked) {
      bar.note = "not ranked: " + contender.why;
      bar.tone = Tone::bad;
    } else if (i == comparison.base) {
      bar.note = "what the others are compared with";
    } else if (entry.ratio.is_known()) {
      bar.note = fmt::format("{}: {:.2f} times as long ({:g} %: {:.2f} to {:.2f})",
                             in_words(measure, entry.difference), entry.ratio.ratio, sureness_percent,
                             entry.ratio.low, entry.ratio.high);
    }
    page.bars.push_back(std::move(bar));
  }
}

Page::Table side_by_side(const Comparison& comparison) {
  Page::Table table{"Side by side", {""}, {}};
  for (const auto& contender : comparison.contenders) table.head.push_back(contender.name);
  for (const auto& measure : comparison.measures) {
    const auto name = measure.unit == Measure::Unit::microseconds ? "completion " + measure.name
                      : measure.unit == Measure::Unit::bytes      ? std::string("server's memory")
                                                             : std::string("server's CPU for each delivery");
    auto& row = table.rows.emplace_back(std::vector<std::string>{name});
    for (const auto& entry : measure.entries) {
      auto cell = in_words(measure, entry.value);
      if (entry.ratio.is_known() && !std::isinf(entry.ratio.high))
        cell += fmt::format(" · x {:.2f} ({:.2f} to {:.2f}) {}", entry.ratio.ratio, entry.ratio.low,
                            entry.ratio.high, in_words(measure, entry.difference));
      row.push_back(std::move(cell));
    }
  }
  std::vector<std::string> reach = {"delivered, in order, once"},
                           rounds = {"rounds (VALID / SUSPECT / INVALID)"};
  for (const auto& contender : comparison.contenders) {
    std::uint64_t expected = 0, delivered = 0, trusts[3] = {};
    for (const auto& result : contender.results) {
      expected += result.figures.expected;
      delivered += result.figures.counts.deliveries;
    }
    for (const auto& round : contender.rounds) ++trusts[static_cast<std::size_t>(round.trust)];
    reach.push_back(
        contender.from_baseline ? "-" : fmt::format("{:.4g} %", Figures::ratio(delivered, expected) * 100));
    rounds.push_back(fmt::format("{} / {} / {}", trusts[0], trusts[1], trusts[2]));
  }
  table.rows.push_back(std::move(reach));
  table.rows.push_back(std::move(rounds));
  return table;
}

}  // namespace

Plot main_plot(const Comparison& comparison) {
  std::vector<PlotLine> lines;
  for (const auto& contender : comparison.contenders)
    lines.push_back(completion_line(contender.name, completions_of(contender)));
  return completion_plot(std::move(lines));
}

Page page_of(const Comparison& comparison) {
  Page page;
  page.title = "Chat servers, side by side";
  page.headline = comparison_headline(comparison);
  page.lead = fmt::format(
      "{} servers took turns in {} rounds, freshly started each time. Faster and slower are said only where "
      "the "
      "{:g} % interval leaves no doubt.",
      comparison.contenders.size(), comparison.rounds, sureness_percent);
  add_bars(comparison, page);
  page.remarks = comparison.verdict;
  page.remarks.insert(page.remarks.end(), comparison.remarks.begin(), comparison.remarks.end());
  page.charts.push_back(plot_chart(
      main_plot(comparison), "How long until everybody has a message?",
      "Read it from the left: so many per cent of the messages had reached everybody after so long, all "
      "rounds together. Lower is faster. Each nine takes the same room, so the rare slow ones at the right "
      "are as visible as the many fast ones."));
  std::vector<NamedResult> results;
  for (const auto& contender : comparison.contenders) {
    if (const auto* result = typical(contender)) results.push_back({contender.name, result});
  }
  for (const auto& named : results) page.charts.push_back(heat_chart(named));
  if (!results.empty()) {
    page.charts.push_back(flow_chart(results));
    if (results.front().result->login_groups.size() > 1) page.charts.push_back(login_chart(results));
  }
  page.tables.push_back(side_by_side(comparison));
  for (const auto& contender : comparison.contenders)
    page.facts.emplace_back(contender.name, contender.words);
  page.facts.emplace_back("Load", load_in_words(comparison.settings));
  page.facts.emplace_back(
      "Each round", fmt::format("{:g} s, after {:g} s to warm up", in_seconds(comparison.settings.duration),
                                in_seconds(comparison.settings.warmup)));
  for (auto& fact : machine_facts()) page.facts.push_back(std::move(fact));
  return page;
}

}  // namespace chatlab::loadgen
