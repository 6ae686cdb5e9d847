// A check as a sequence diagram: lanes of the server and its clients, and row by row what went between them,
// what should have come and did not, and where a fence shows that nothing more could. Bounded, however much
// there was: clients and rows that are alike are folded. Values only; pure.
#pragma once

#include <string>
#include <vector>

#include "conformance/result.hpp"

namespace chatlab::conformance {

struct Diagram {
  struct Lane {
    std::string name;      ///< "alice", or "46 others"
    bool is_fold = false;  ///< stands for several clients
  };

  struct Row {
    enum class Kind {
      sent,       ///< by the one lane in `lanes`
      received,   ///< the same message, by each of `lanes`
      connected,  ///< a client comes, in `lanes`
      left,       ///< a client ends its connection
      ended,      ///< the server ends it
      fence,      ///< nothing more can come
      left_out,   ///< rows that are not shown
    };
    Kind kind = Kind::sent;
    std::string text;
    std::vector<std::size_t> lanes = {};
    std::vector<std::size_t> missing = {};   ///< lanes to which it should have come, and did not
    std::vector<std::size_t> unwanted = {};  ///< lanes to which it should not have come
    bool is_evidence = false;                ///< the verdict rests on it

    bool is_remarkable() const { return !missing.empty() || !unwanted.empty() || kind == Kind::ended; }
  };

  std::string title;   ///< the check's id
  std::string before;  ///< "alice and bob are logged in, carol is connected"
  std::vector<Lane> lanes;
  std::vector<Row> rows;
};

/// Of a check that was run.
Diagram make_diagram(const CheckResult& result);

/// Row by row in words: "alice -> server: {...}".
std::vector<std::string> diagram_in_words(const Diagram& diagram);

/// A picture of it, for HTML; its colours are in diagram_style().
std::string diagram_as_svg(const Diagram& diagram);

/// The picture as a file of its own.
std::string diagram_as_svg_file(const Diagram& diagram);

/// CSS, for light and dark.
std::string_view diagram_style();

}  // namespace chatlab::conformance
