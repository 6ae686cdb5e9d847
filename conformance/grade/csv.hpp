// Tables as spreadsheets and gradebooks write them (RFC 4180 and what is seen beside it). Pure. It knows
// where each cell stands in the file, so that one cell can be replaced and every other byte left alone; that
// is why no library reads them: libcsv tells neither places nor lines.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace chatlab::grade {

struct Cell {
  std::string text;       ///< without its quotes
  std::size_t begin = 0;  ///< where it stands in the file, quotes included
  std::size_t end = 0;
};

struct Row {
  std::vector<Cell> cells;
  std::size_t line = 0;  ///< of the file, from 1; a quoted cell may go on over several

  /// Empty where the row is too short.
  std::string_view text(std::size_t column) const {
    return column < cells.size() ? std::string_view(cells[column].text) : std::string_view();
  }
};

struct Csv {
  std::vector<Row> rows;  ///< empty lines left out
  bool byte_order_mark = false;
  char separator = ',';  ///< as the first line has it: a comma, a semicolon or a tab
};

/// What is wrong with a file, and where.
struct Complaint {
  std::size_t line = 0;  ///< 0: the file as a whole
  std::string text;
};

boost::system::result<Csv, Complaint> parse_csv(std::string_view file);

/// A cell that reads as this text again: in quotes where it has to be.
std::string csv_cell(std::string_view text, char separator = ',');

}  // namespace chatlab::grade
