#include "report/draw.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/drawing.hpp"
#include "report/layout.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

constexpr double legend_line = 18, legend_gap = 34;
constexpr double widest_row_label = 0.4 * chart_width;

}  // namespace

Drawn::Drawn(const Table& table_to_draw, const Chart& how)
    : table(table_to_draw),
      chart(how),
      label(find(how.label)),
      x(find(how.x)),
      low(find(how.low)),
      high(find(how.high)),
      marked(find(how.marked)),
      piece(find(how.piece)),
      colour(find(how.colour)) {
  for (const std::string& key : chart.series) {
    if (const auto column = find(key)) series.push_back(*column);
  }
}

std::optional<std::size_t> Drawn::find(const std::string& key) const {
  const auto found = std::ranges::find(table.columns, key, &Column::key);
  if (key.empty() || found == table.columns.end()) return {};
  return static_cast<std::size_t>(found - table.columns.begin());
}

std::optional<double> number_of(const Value& value) {
  if (const auto* real = value.as<double>()) return *real;
  if (const auto* count = value.as<std::int64_t>()) return static_cast<double>(*count);
  return {};
}

std::optional<double> Drawn::number(std::size_t row, std::size_t column) const {
  return number_of(table.rows[row][column]);
}

std::string Drawn::text(std::size_t row) const { return label ? text(row, *label) : std::string(); }

std::string Drawn::text(std::size_t row, std::size_t column) const {
  return short_text(table.rows[row][column], table.columns[column].unit);
}

bool Drawn::is_marked(std::size_t row) const {
  if (!marked) return false;
  const auto* answer = table.rows[row][*marked].as<bool>();
  return answer != nullptr && *answer;
}

std::vector<double> Drawn::numbers(std::size_t column) const {
  std::vector<double> all;
  for (std::size_t row = 0; row < rows(); ++row) {
    if (const auto value = number(row, column)) all.push_back(*value);
  }
  return all;
}

Canvas::Canvas(const std::string& title, double height) {
  add("{} viewBox=\"0 0 {:g} {:.0f}\" aria-label=\"{}\">", drawing_begin, chart_width, height, xml(title));
}

void Canvas::label(double x, double y, std::string_view text, std::string_view anchor,
                   std::string_view classes) {
  // Nothing is cut off at the rims: what is centred near one moves inwards.
  if (anchor == "middle") {
    const double half = text_width(text) / 2 + 4;  // a percent sign is wide
    x = std::clamp(x, half, chart_width - half);
  }
  add("<text x=\"{:.1f}\" y=\"{:.1f}\"", x, y);
  if (anchor != "start") add(" text-anchor=\"{}\"", anchor);
  if (!classes.empty()) add(" class=\"{}\"", classes);
  add(">{}</text>", xml(text));
}

void Canvas::legend(const std::vector<std::string>& names, double x, double y, double width) {
  double at = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double needed = text_width(names[i]) + legend_gap;
    if (at > 0 && at + needed > width) {
      at = 0;
      y += legend_line;
    }
    add("<g class=\"key\" data-s=\"{}\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"11\" height=\"11\" rx=\"2\" "
        "class=\"fill "
        "{}\"/>",
        i, x + at, y - 10, colour_class(i));
    label(x + at + 16, y, names[i]);
    add("</g>");
    at += needed;
  }
}

std::string row_label(const std::string& text) {
  return shorten(text, static_cast<std::size_t>(widest_row_label / text_width("m")));
}

double row_label_width(std::span<const std::string> texts) {
  double widest = 0;
  for (const std::string& text : texts) widest = std::max(widest, text_width(row_label(text)));
  return widest;
}

double Canvas::legend_height(const std::vector<std::string>& names, double width) {
  double at = 0, lines = 1;
  for (const std::string& name : names) {
    const double needed = text_width(name) + legend_gap;
    if (at > 0 && at + needed > width) {
      at = 0;
      ++lines;
    }
    at += needed;
  }
  return names.empty() ? 0 : lines * legend_line + 8;
}

std::string Canvas::finish() {
  text_ += "</svg>";
  return std::move(text_);
}

std::string draw(const Table& table, const Chart& chart) {
  const Drawn data(table, chart);
  switch (chart.kind) {
    case Chart::Kind::bars:
      return draw_bars(data);
    case Chart::Kind::points:
      return draw_points(data);
    case Chart::Kind::lines:
      return draw_lines(data);
    case Chart::Kind::parallel:
      return draw_parallel(data);
    case Chart::Kind::strips:
      return draw_strips(data);
    case Chart::Kind::heat:
      break;
  }
  return {};
}

std::string draw_all(const Table& table) {
  double height = 0;
  std::string drawings;
  for (const Chart& chart : table.charts) {
    std::string drawing = draw(table, chart);
    if (drawing.empty()) continue;
    const std::size_t box = drawing.find(' ', drawing.find("viewBox=\"0 0 ") + 13) + 1;
    const double own = std::stod(drawing.substr(box));
    drawing.insert(drawing_begin.size(),
                   fmt::format(" y=\"{:.0f}\" width=\"{:g}\" height=\"{:.0f}\"", height, chart_width, own));
    drawings += drawing;
    height += own;
  }
  Canvas canvas(table.title, height);
  canvas.add("{}", drawings);
  return canvas.finish();
}

}  // namespace chipcast::report
