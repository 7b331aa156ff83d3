// report/drawing.hpp: the columns of a chart looked up, and the canvas its kinds draw on; within report/draw*.cpp.
//
//   const Drawn data(table, chart);
//   data.number(row, data.series[0]), data.text(row)
//   Canvas canvas(chart.title, 760, 300);
//   canvas.add("<path d='M{:.1f} 0'/>", x);
//   return canvas.finish();
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/report.hpp"
#include "report/svg.hpp"

namespace chipcast::report {

// A whole number or a real one; nothing where it is neither.
std::optional<double> number_of(const Value& value);

class Drawn {
 public:
  Drawn(const Table& table, const Chart& chart);

  const Table& table;
  const Chart& chart;
  std::optional<std::size_t> label, x, low, high, marked, piece, colour;
  std::vector<std::size_t> series;

  std::size_t rows() const { return table.rows.size(); }
  std::optional<double> number(std::size_t row, std::size_t column) const;
  std::string text(std::size_t row) const;                      // its label
  std::string text(std::size_t row, std::size_t column) const;  // as people read it
  const Column& column(std::size_t index) const { return table.columns[index]; }
  bool is_marked(std::size_t row) const;
  std::vector<double> numbers(std::size_t column) const;  // those known

 private:
  std::optional<std::size_t> find(const std::string& key) const;
};

inline constexpr double chart_width = 760;

// The name of a row to the left of its bar, shortened where it would take too much room; how wide the widest is.
std::string row_label(const std::string& text);
double row_label_width(std::span<const std::string> texts);

class Canvas {
 public:
  Canvas(const std::string& title, double height);

  template <class... T>
  void add(fmt::format_string<T...> format, T&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(arguments)...);
  }
  // `anchor`: start, middle or end.
  void label(double x, double y, std::string_view text, std::string_view anchor = "start",
             std::string_view classes = {});
  void legend(const std::vector<std::string>& names, double x, double y, double width);
  static double legend_height(const std::vector<std::string>& names, double width);
  std::string finish();

 private:
  std::string text_;
};

std::string draw_bars(const Drawn& data);
std::string draw_points(const Drawn& data);
std::string draw_lines(const Drawn& data);
std::string draw_parallel(const Drawn& data);
std::string draw_strips(const Drawn& data);

}  // namespace chipcast::report
