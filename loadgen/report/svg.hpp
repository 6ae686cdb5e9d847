// Curves on a logarithmic scale of times, as a picture that needs no program: for pages without JavaScript,
// and for documents. Text in memory only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatlab::loadgen {

struct PlotTick {
  double at = 0;
  std::string label;
};

struct PlotLine {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< x, and a time in ms above 0
  std::vector<bool> hollow;  ///< points that are drawn as rings; empty: none, and no dots
  bool joined = true;        ///< by a line
};

struct Plot {
  std::string title, x_title, y_title;
  bool x_is_logarithmic = false;
  std::vector<PlotTick> x_ticks;  ///< in order; the first and the last are the ends where no point is beyond
  std::vector<PlotLine> lines;
  std::optional<double> rule_ms;  ///< a line across, such as an SLO
  std::string rule_label;
};

/// `standalone`: a document of its own, with colours for light and dark.
std::string svg_of(const Plot& plot, bool standalone);

/// As HTML and XML have it.
std::string escaped(std::string_view text);

/// A percentile's place on an axis on which each nine takes the same room: 90 is at 1, 99 at 2.
double nines(double percent);

}  // namespace chatlab::loadgen
