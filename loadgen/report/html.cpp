#include <fmt/format.h>

#include <ctime>

#include "ci/cmake/embedded_file.hpp"
#include "loadgen/report/page.hpp"

namespace chatlab::loadgen {

std::span<const EmbeddedFile> embedded_files();

namespace {

std::string_view file(std::string_view name) {
  for (const auto& one : embedded_files()) {
    if (one.name == name) return one.content;
  }
  return "";
}

std::string_view name_of(Tone tone) {
  constexpr std::string_view names[] = {"good", "doubtful", "bad", "plain"};
  return names[static_cast<std::size_t>(tone)];
}

/// JSON inside a script element: nothing in it may look like the end of that.
std::string harmless(const Json& data) {
  const auto text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  for (const char letter : text) safe += letter == '<' ? std::string("\\u003c") : std::string(1, letter);
  return safe;
}

/// A cell: what is short, such as "12.3 ms", stays in one line.
std::string cell(const std::string& text) {
  constexpr std::size_t short_bytes = 14;
  auto safe = escaped(text);
  if (text.size() > short_bytes) return safe;
  for (auto at = safe.find(' '); at != std::string::npos; at = safe.find(' ', at))
    safe.replace(at, 1, "&nbsp;");
  return safe;
}

class Writer {
 public:
  std::string write(const Page& page) {
    const auto now = std::time(nullptr);
    std::tm day{};
    ::gmtime_r(&now, &day);
    char date[32];
    std::strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &day);
    add(R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>{}</title><style>{}{}</style></head><body><main>
)",
        escaped(page.title), file("uPlot.min.css"), file("page.css"));
    add(R"(<header><p class="kicker">chatlab-loadgen · {}</p><h1>{}</h1><p class="lead">{}</p>)", date,
        escaped(page.headline), escaped(page.lead));
    write_badges(page);
    text_ += "</header>\n";
    write_tiles(page);
    write_bars(page);
    write_remarks(page);
    for (const auto& chart : page.charts) write_chart(chart);
    for (const auto& table : page.tables) write_table(table);
    write_facts(page);
    auto charts = Json::array();
    for (const auto& chart : page.charts)
      charts.push_back({{"kind", chart.kind}, {"title", chart.title}, {"data", chart.data}});
    add("</main><script type=\"application/json\" "
        "id=\"charts\">{}</script>\n<script>{}</script>\n<script>{}</script>\n</body></html>\n",
        harmless(charts), file("uPlot.iife.min.js"), file("page.js"));
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  void write_badges(const Page& page) {
    if (page.badges.empty()) return;
    text_ += "<ul class=\"badges\">";
    for (const auto& badge : page.badges)
      add(R"(<li class="{}">{}</li>)", name_of(badge.tone), escaped(badge.text));
    text_ += "</ul>";
  }

  void write_tiles(const Page& page) {
    if (page.tiles.empty()) return;
    text_ += "<section class=\"tiles\">";
    for (const auto& tile : page.tiles)
      add("<div><b>{}</b><span>{}</span></div>", escaped(tile.value), escaped(tile.label));
    text_ += "</section>\n";
  }

  void write_bars(const Page& page) {
    if (page.bars.empty()) return;
    add("<section class=\"bars\"><h2>{}</h2>", escaped(page.bars_title));
    for (std::size_t i = 0; i < page.bars.size(); ++i) {
      const auto& bar = page.bars[i];
      add(R"(<div class="bar {}"><b class="name">{}</b><span class="value">{}</span><span class="track"><i class="b{}" style="width:{:.1f}%"></i></span><span class="note">{}</span></div>)",
          name_of(bar.tone), escaped(bar.name), escaped(bar.value), i % 6, bar.share * 100,
          escaped(bar.note));
    }
    text_ += "</section>\n";
  }

  void write_remarks(const Page& page) {
    if (page.remarks.empty()) return;
    text_ += "<section class=\"remarks\"><h2>What to know</h2><ul>";
    for (const auto& remark : page.remarks) add("<li>{}</li>", escaped(remark));
    text_ += "</ul></section>\n";
  }

  void write_chart(const Page::Chart& chart) {
    add(R"(<section class="chart"><h2>{}</h2><p class="how">{}</p><div class="plot" role="img" aria-label="{}">{}</div></section>
)",
        escaped(chart.title), escaped(chart.how_to_read), escaped(chart.title),
        chart.picture.empty()
            ? "<noscript><p>This chart needs JavaScript; the tables below do not.</p></noscript>"
            : chart.picture);
  }

  void write_table(const Page::Table& table) {
    add("<section class=\"table\"><h2>{}</h2><div class=\"scroll\"><table><thead><tr>", escaped(table.title));
    for (const auto& cell : table.head) add("<th scope=\"col\">{}</th>", escaped(cell));
    text_ += "</tr></thead><tbody>";
    for (const auto& row : table.rows) {
      text_ += "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i)
        text_ += (i == 0 ? "<th scope=\"row\">" : "<td>") + cell(row[i]) + (i == 0 ? "</th>" : "</td>");
      text_ += "</tr>";
    }
    text_ += "</tbody></table></div></section>\n";
  }

  void write_facts(const Page& page) {
    text_ += "<section class=\"facts\"><h2>What was measured, and where</h2><dl>";
    for (const auto& [name, value] : page.facts) add("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
    text_ += "</dl></section>\n";
  }

  std::string text_;
};

}  // namespace

std::string html_of(const Page& page) {
  return Writer().write(page);
}

}  // namespace chatlab::loadgen
