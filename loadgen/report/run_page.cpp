#include <fmt/format.h>

#include "loadgen/quantity.hpp"
#include "loadgen/report/page_parts.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

std::string time_at(const Result& result, double percent) {
  const auto& completion = result.figures.completion;
  const auto time = completion.percentile(percent);
  if (time == Histogram::hidden) return "less than " + time_in_words(completion.hidden_below());
  return time_in_words(time);
}

std::string run_headline(const Result& result) {
  if (result.unreachable) return "It could not be measured";
  if (result.died) return "The server died while it was measured";
  if (result.figures.completion.count() == 0) return "Nothing was measured";
  if (!result.figures.completion.percentile(99))
    return fmt::format("Of {} messages {} never reached everybody", grouped(result.figures.broadcasts),
                       grouped(result.figures.broadcasts - result.figures.complete));
  return fmt::format("99 of 100 messages reached everybody within {}", time_at(result, 99));
}

std::string run_lead(const Result& result) {
  if (result.unreachable) return *result.unreachable;
  std::string words;
  if (result.died) words += fmt::format("{}. What follows is what was seen until then. ", result.first_end);
  if (result.figures.completion.percentile(50))
    words += fmt::format("Half of them had arrived everywhere after {}. ", time_at(result, 50));
  const auto lost = result.figures.lost();
  words += lost == 0 ? fmt::format("None of {} deliveries was lost. ", grouped(result.figures.expected))
                     : fmt::format("{} of {} deliveries were lost. ", grouped(lost),
                                   grouped(result.figures.expected));
  if (result.verdict.trust == Trust::invalid)
    words += "But these times are not the server's alone: see what the load generator says of itself.";
  return words;
}

void add_badges(const Result& result, Page& page) {
  page.badges.push_back(trust_badge(result.verdict.trust));
  const bool is_whole = result.figures.lost() == 0;
  page.badges.push_back(
      {fmt::format("{:.4g} % delivered", result.figures.reach() * 100), is_whole ? Tone::good : Tone::bad});
  const auto& counts = result.figures.counts;
  const auto broken = counts.duplicates + counts.fifo_breaks + counts.order_breaks + counts.impossible +
                      result.oddities.corrupted;
  page.badges.push_back(
      broken == 0
          ? Page::Badge{"in order, none twice, none changed", Tone::good}
          : Page::Badge{fmt::format("{} out of order, twice or changed", grouped(broken)), Tone::bad});
  for (const auto& slo : result.slos)
    page.badges.push_back({fmt::format("{} {} ({})", slo.kept ? "kept:" : "missed:", slo.text, slo.measured),
                           slo.kept ? Tone::good : Tone::bad});
}

Page::Table integrity_table(const Result& result) {
  const auto& figures = result.figures;
  const auto& counts = figures.counts;
  Page::Table table{"Loss and order", {"", "count", "what it is"}, {}};
  const auto add = [&](const char* name, std::string value, const char* words) {
    table.rows.push_back({name, std::move(value), words});
  };
  add("broadcasts", grouped(figures.broadcasts), "messages that were due while it was measured");
  add("complete", grouped(figures.complete), "of them reached everybody");
  add("deliveries", grouped(counts.deliveries), "messages that reached a recipient, each counted once");
  add("lost", grouped(figures.lost()), "that should have");
  add("duplicates", grouped(counts.duplicates), "that came again");
  add("changed", grouped(counts.impossible + result.oddities.corrupted), "that were not what was sent");
  add("FIFO breaks", grouped(counts.fifo_breaks), "that came after a later one of the same sender");
  add("order", fmt::format("{:.4f} %", figures.order_agreement() * 100),
      "came in the order in which others saw them first");
  add("ended", grouped(result.ended), "connections that the server ended");
  if (result.settings.slow)
    add("slow clients", grouped(result.oddities.slow_deliveries),
        "messages that those got which hardly read");
  if (result.churned) add("churn", grouped(result.churned), "clients that left and came back");
  return table;
}

Page::Table resources_table(const Result& result) {
  const auto deliveries = static_cast<double>(std::max<std::uint64_t>(1, result.figures.counts.deliveries));
  Page::Table table{"Who did the work", {"", "of a core", "for each delivery", "memory"}, {}};
  const auto add = [&](const char* name, double share, std::chrono::nanoseconds cpu, std::size_t bytes) {
    table.rows.push_back({name, fmt::format("{:.0f} %", share * 100),
                          fmt::format("{:.2f} us", in_seconds(cpu) * 1e6 / deliveries),
                          number_in_words(static_cast<double>(bytes)) + "B"});
  };
  if (result.server)
    add("server", result.server->cpu_share(), result.server->cpu, result.server->resident_bytes);
  add("load generator", result.health.cpu_share, result.own_cpu, result.own_resident_bytes);
  return table;
}

}  // namespace

Plot main_plot(const Result& result) {
  return completion_plot({completion_line("completion", result.figures.completion),
                          completion_line("delivery", result.figures.delivery)});
}

Page page_of(const Result& result) {
  Page page;
  page.title = fmt::format("Load on {}", result.target);
  page.headline = run_headline(result);
  page.lead = run_lead(result);
  page.facts = {{"Server", result.target}, {"Load", load_in_words(result.settings)}};
  for (auto& fact : machine_facts()) page.facts.push_back(std::move(fact));
  if (result.unreachable) return page;
  add_badges(result, page);
  page.remarks = result.verdict.reasons;
  page.tiles = {{time_at(result, 50), "half of the messages have reached everybody"},
                {time_at(result, 99), "99 of 100 have"},
                {number_in_words(result.deliveries_per_s()) + "/s", "deliveries"},
                {grouped(result.figures.lost()), "deliveries lost"}};
  page.charts.push_back(plot_chart(
      main_plot(result), "How long until everybody has a message?",
      "Read it from the left: so many per cent of the messages had reached everybody (completion), "
      "or one recipient (delivery), after so long. Each nine takes the same room, so the rare slow "
      "ones at the right are as visible as the many fast ones."));
  const NamedResult named{"", &result};
  page.charts.push_back(heat_chart(named));
  page.charts.push_back(flow_chart({named}));
  if (result.login_groups.size() > 1) page.charts.push_back(login_chart({named}));
  page.tables = {times_table(result.figures), integrity_table(result), resources_table(result)};
  if (const auto clocks = clocks_in_words(result); !clocks.empty())
    page.facts.insert(page.facts.begin() + 2, {"Hosts", clocks});
  page.facts.insert(page.facts.begin() + 2, {"Bottleneck", bottleneck(result)});
  page.facts.insert(page.facts.begin() + 2,
                    {"Logins", fmt::format("everybody saw everybody after {:.2f} s",
                                           in_seconds(result.gathering.until_everyone_saw_everyone))});
  return page;
}

}  // namespace chatlab::loadgen
