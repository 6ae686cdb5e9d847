#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/quantity.hpp"
#include "loadgen/report/colour.hpp"
#include "loadgen/report/comparison_report.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::size_t column = 15;  // "no difference", and a space or two

/// Columns of a name may hold any characters of UTF-8.
std::string padded(std::string_view text, std::size_t width) {
  const auto letters = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xc0) != 0x80; }));
  return std::string(text) + std::string(width > letters ? width - letters : 1, ' ');
}

class Table {
 public:
  Table(const Comparison& comparison, bool is_coloured) : comparison_(comparison), is_coloured_(is_coloured) {
    for (const auto& contender : comparison.contenders)
      name_width_ = std::max(name_width_, contender.name.size() + 2);
  }

  std::string write() {
    text_ += fmt::format("{}{} servers in turns, {} rounds{}{}\n{}\n", paint(colour::bold),
                         comparison_.contenders.size(), comparison_.rounds,
                         comparison_.interrupted ? " (interrupted)" : "", paint(colour::none),
                         load_in_words(comparison_.settings));
    for (const auto& remark : comparison_.remarks) text_ += remark + "\n";
    text_ += "\n" + padded("", name_width_);
    for (const auto& measure : comparison_.measures)
      text_ += padded(measure.unit == Measure::Unit::microseconds ? "completion " + measure.name
                      : measure.unit == Measure::Unit::bytes      ? "server memory"
                                                                  : "CPU/delivery",
                      column);
    text_ += "\n";
    for (std::size_t i = 0; i < comparison_.contenders.size(); ++i) write_contender(i);
    text_ += "\n";
    for (const auto& sentence : comparison_.verdict) text_ += sentence + "\n";
    return std::move(text_);
  }

 private:
  std::string_view paint(std::string_view code) const { return is_coloured_ ? code : std::string_view(); }

  template <class Cell>
  void write_line(std::string_view label, std::size_t number, const Cell& cell) {
    text_ += padded(label, name_width_);
    for (const auto& measure : comparison_.measures)
      text_ += padded(cell(measure, measure.entries[number]), column);
    while (text_.ends_with(' ')) text_.pop_back();
    text_ += "\n";
  }

  void write_contender(std::size_t number) {
    const auto& contender = comparison_.contenders[number];
    write_line(contender.name, number, [](const Measure& measure, const Measure::Entry& entry) {
      return in_words(measure, entry.value);
    });
    if (contender.standing != Standing::ranked) {
      text_ +=
          fmt::format("{}{}not ranked{}\n", padded("", name_width_), paint(colour::red), paint(colour::none));
      return;
    }
    if (number == comparison_.base) return;
    text_ += paint(colour::dim);
    const auto number_or_dash = [](const Ratio& ratio, double value) {
      return ratio.is_known() ? std::isinf(value) ? "?" : fmt::format("{:.2f}", value) : std::string("-");
    };
    write_line("  times", number, [&](const Measure&, const Measure::Entry& entry) {
      return number_or_dash(entry.ratio, entry.ratio.ratio);
    });
    write_line(fmt::format("  {:g} %", sureness_percent), number,
               [&](const Measure&, const Measure::Entry& entry) {
                 return entry.ratio.is_known()
                            ? fmt::format("{} to {}", number_or_dash(entry.ratio, entry.ratio.low),
                                          number_or_dash(entry.ratio, entry.ratio.high))
                            : std::string("-");
               });
    text_ += paint(colour::none);
    write_line("", number, [](const Measure& measure, const Measure::Entry& entry) {
      return in_words(measure, entry.difference);
    });
  }

  const Comparison& comparison_;
  const bool is_coloured_;
  std::size_t name_width_ = 12;
  std::string text_;
};

}  // namespace

std::string text_report(const Comparison& comparison, bool colour) {
  return Table(comparison, colour).write();
}

std::string csv_report(const Comparison& comparison) {
  std::string text = "server,round,trust,deliveries_per_s,p50_us,p90_us,p99_us,server_cpu_us_per_delivery\n";
  for (const auto& contender : comparison.contenders) {
    for (std::size_t i = 0; i < contender.results.size(); ++i) {
      const auto& completion = contender.results[i].figures.completion;
      const auto time = [&](double percent) {
        const auto value = completion.percentile(percent);
        return value ? std::to_string(value->count()) : "";
      };
      const auto& round = contender.rounds[i];
      text += fmt::format("{},{},{},{:.1f},{},{},{},{}\n", csv_field(contender.name), i + 1,
                          to_string(round.trust), round.deliveries_per_s, time(50), time(90), time(99),
                          round.server_cpu_us ? fmt::format("{:.3f}", *round.server_cpu_us) : "");
    }
  }
  return text;
}

}  // namespace chatlab::loadgen
