// report/chart.hpp: how a table is drawn: which of its columns become what. The table itself stands beside the drawing.
//
//   Chart chart{.kind = Chart::Kind::bars, .title = "Energy", .label = "model", .series = {"compute_j", "idle_j"}};
//   table.charts.push_back(chart);
//   std::string svg = draw(table, table.charts[0]);        // report/draw.hpp
#pragma once

#include <string>
#include <vector>

namespace chipcast::report {

// A line beside the data, such as the roof of a roofline; its ends in base units.
struct Guide {
  std::string label;
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};

struct Chart {
  enum class Kind : unsigned char {
    bars,      // a bar a row, the series stacked
    points,    // a point a row: x and the one series
    lines,     // a line a series over x
    parallel,  // a line a row across an upright axis for each of the series
    heat,      // the table's own cells, coloured by their logarithm
    strips,    // a strip a label, cut into pieces: its rows in order, as wide as their share of its sum
  };
  Kind kind = Kind::bars;
  std::string title = {};
  std::string label = {};                // key of the column that names a row
  std::vector<std::string> series = {};  // keys of columns of one unit
  std::string x = {};                    // key of a column: of points and lines
  std::string low = {}, high = {};       // keys: the ends of a bar's interval; empty: none is drawn
  std::string marked = {};               // key of a yes/no column: these points stand out
  bool is_joined = true;                 // by a line through them
  std::string piece = {}, colour = {};  // of strips, keys: what a piece is called, what its colour stands for
  bool log_x = false, log_y = false;    // of bars: log_x
  std::vector<Guide> guides = {};
};

}  // namespace chipcast::report
