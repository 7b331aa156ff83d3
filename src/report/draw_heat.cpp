// A matrix of cells, darker the more, on a logarithmic scale from the least to the most of all.
#include <algorithm>
#include <cmath>

#include "report/drawing.hpp"

namespace chipcast::report {
namespace {

constexpr double cell_height = 28, head = 34, gap = 10;

}  // namespace

std::string draw_heat(const Drawn& data) {
  double left = 0;
  for (std::size_t row = 0; row < data.rows(); ++row) left = std::max(left, text_width(data.text(row)) + gap);
  double low = 0, high = 0;
  for (const std::size_t column : data.series) {
    for (const double value : data.numbers(column)) {
      if (value <= 0) continue;
      low = low == 0 ? value : std::min(low, value);
      high = std::max(high, value);
    }
  }
  Canvas canvas(data.chart.title, head + cell_height * static_cast<double>(data.rows()) + 6);
  const double width = (chart_width - left - 4) / static_cast<double>(std::max<std::size_t>(data.series.size(), 1));
  for (std::size_t s = 0; s < data.series.size(); ++s) {
    const double x = left + width * static_cast<double>(s);
    canvas.label(x + width / 2, head - 12, data.column(data.series[s]).label, "middle", "small");
  }
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const double y = head + cell_height * static_cast<double>(row);
    canvas.label(left - gap, y + cell_height / 2 + 4, data.text(row), "end");
    for (std::size_t s = 0; s < data.series.size(); ++s) {
      const double x = left + width * static_cast<double>(s);
      const auto value = data.number(row, data.series[s]);
      const double share = !value || *value <= 0 ? 0 : high > low ? std::log(*value / low) / std::log(high / low) : 0.5;
      canvas.add("<rect class=\"heat\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:g}\" rx=\"3\" "
                 "fill-opacity=\"{:.2f}\"><title>{}, {}: {}</title></rect>",
                 x + 1, y + 1, width - 2, cell_height - 2, value ? 0.06 + 0.84 * share : 0.0, xml(data.text(row)),
                 xml(data.column(data.series[s]).label), xml(data.text(row, data.series[s])));
      canvas.label(x + width / 2, y + cell_height / 2 + 4, data.text(row, data.series[s]), "middle",
                   share > 0.5 ? "on-dark" : "");
    }
  }
  return canvas.finish();
}

}  // namespace chipcast::report
