// Looks for the highest load that a server holds: it says which load to try next, and is told how that went.
// It climbs in geometric steps until one fails twice, narrows that down by bisection, and confirms what is
// left by three more windows. Pure: it measures nothing and knows no server.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace chatlab::loadgen {

enum class Held {
  yes,
  no,
  cannot_tell,  ///< the generator could not: its own limit, or a moment in which others had the machine
};

struct Range {
  double first = 1;            ///< is tried first
  double least = 1, most = 1;  ///< never tried beyond
  double resolution = 1.04;    ///< good enough: the lowest that failed is so many times the highest that held
  bool whole = false;          ///< only whole numbers make sense
};

struct SearchStep {
  enum class Why { climb, narrow, confirm } why = Why::climb;
  double load = 0;
};

struct Finding {
  double load = 0;         ///< the highest that was held; 0: none
  bool confirmed = false;  ///< by three windows in which the generator was sure of itself
  enum class Limit {
    server,     ///< beyond it the server does not keep up
    generator,  ///< beyond it the generator could not tell: the server may hold more
    range,      ///< there is no more to try
    patience,   ///< after so many windows it gives up
  } limit = Limit::server;
  double failed = 0;  ///< the lowest load that was not held; 0: none
};

class Search {
 public:
  static constexpr int confirmations = 3;
  /// A climb over six powers of two, and confirming it many times over.
  static constexpr int most_windows = 60;

  explicit Search(Range range);

  /// Nothing: it has ended.
  std::optional<SearchStep> next() const;
  void take(Held held);
  const Finding& finding() const { return finding_; }

 private:
  void took_climb(Held held);
  void took_narrow(Held held);
  void took_confirm(Held held);
  void narrow_or_confirm();
  void confirm(double load);
  void end(bool confirmed);
  double rounded(double load) const;

  Range range_;
  std::optional<SearchStep> step_;
  Finding finding_;
  double good_ = 0, bad_ = 0;  // 0: none yet
  int confirmed_ = 0, unsure_ = 0, doubts_ = 0, windows_ = 0;
};

}  // namespace chatlab::loadgen
