// What the pages of runs, comparisons and sweeps have in common: charts of results, and facts about them.
#pragma once

#include "loadgen/report/page.hpp"

namespace chatlab::loadgen {

struct NamedResult {
  std::string name;
  const Result* result = nullptr;
};

PlotLine completion_line(const std::string& name, const Histogram& completion);
Plot completion_plot(std::vector<PlotLine> lines);
Page::Chart plot_chart(const Plot& plot, std::string title, std::string how_to_read);
Page::Chart heat_chart(const NamedResult& named);
Page::Chart flow_chart(const std::vector<NamedResult>& results);
Page::Chart login_chart(const std::vector<NamedResult>& results);

Page::Table times_table(const Figures& figures);
std::vector<std::pair<std::string, std::string>> machine_facts();
Page::Badge trust_badge(Trust trust);
std::string grouped(std::uint64_t number);  ///< "1 234 567"

}  // namespace chatlab::loadgen
