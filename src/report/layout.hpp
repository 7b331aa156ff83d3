// report/layout.hpp: which columns of a table a terminal can show, and how wide.
//
//   Cells cells = cells_of(table);                          // texts, numbers at one scale per column
//   Layout layout = fit_columns(cells, 80);
//   layout.shown, layout.widths, layout.dropped
//   shorten("features.denseblock3.denselayer12.conv1", 16)  // "featu…er12.conv1"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace chipcast::report {

struct Cells {
  struct Column {
    const report::Column* column = nullptr;
    std::string heading;
    std::vector<std::string> texts = {};  // one a row that people see
    bool is_number = false;               // aligned to the right
    bool is_elastic = false;              // a text that may be shortened; numbers and shapes may not
  };
  std::vector<Column> columns;  // those for people
};
Cells cells_of(const Table& table);

inline constexpr std::size_t column_gap = 2;

struct Layout {
  std::vector<std::size_t> shown;   // indices of Cells::columns
  std::vector<std::size_t> widths;  // of the shown ones
  std::vector<std::size_t> dropped;
};
// Columns that are not dispensable stay even where the terminal is too narrow for them.
Layout fit_columns(const Cells& cells, std::size_t width);

// How many bytes of `text` the first `columns` take.
std::size_t bytes_of_columns(std::string_view text, std::size_t columns);

// Cut nearer to the front: generated names differ towards their end.
std::string shorten(std::string_view text, std::size_t width);

// Breaks lines between words, and within a word only where it alone is wider than a line. The first line starts with
// `lead`, the others are indented as far as it reaches.
std::string wrap(std::string_view text, std::size_t width, std::string_view lead = {});

}  // namespace chipcast::report
