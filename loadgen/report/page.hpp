// A report to look at: what stands on the page, as values, and the page itself, one file that loads nothing
// from anywhere. Words, tables and the first picture are there without JavaScript; with it the charts can be
// zoomed and looked into.
#pragma once

#include <string>
#include <vector>

#include "loadgen/climb.hpp"
#include "loadgen/comparison.hpp"
#include "loadgen/report/json_parts.hpp"
#include "loadgen/report/svg.hpp"

namespace chatlab::loadgen {

enum class Tone { good, doubtful, bad, plain };

struct Page {
  struct Badge {
    std::string text;
    Tone tone = Tone::plain;
  };
  struct Tile {
    std::string value, label;
  };
  /// A server's bar: shares of the longest one.
  struct Bar {
    std::string name, value, note;
    double share = 0;
    Tone tone = Tone::plain;
  };
  struct Chart {
    std::string title, how_to_read;
    std::string kind;  ///< what page.js calls it
    Json data;
    std::string picture;  ///< SVG, for those without JavaScript; empty: none
  };
  struct Table {
    std::string title;
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> rows;
  };

  std::string title, headline, lead;
  std::vector<Badge> badges;
  std::vector<Tile> tiles;
  std::vector<Bar> bars;
  std::string bars_title;
  std::vector<std::string> remarks;
  std::vector<Chart> charts;
  std::vector<Table> tables;
  std::vector<std::pair<std::string, std::string>> facts;
};

Page page_of(const Result& result);
Page page_of(const Comparison& comparison);
Page page_of(const Sweep& sweep);

std::string html_of(const Page& page);

/// The curve that says most.
Plot main_plot(const Result& result);
Plot main_plot(const Comparison& comparison);
Plot main_plot(const Sweep& sweep);

}  // namespace chatlab::loadgen
