#include "report/tornado_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "report/svg.hpp"

namespace chipcast::report {
namespace {

// Geometry in pixels: names to the left, bars around the middle of the rest.
constexpr double names = 300, side = 240, row = 30, bar = 11, top = 60, bottom = 30;
constexpr double least_drawn = 5e-3;  // percent per percent

double extent(const Elasticity& e) { return std::max(std::abs(e.latency), std::abs(e.energy.value_or(0))); }

class Drawing {
 public:
  explicit Drawing(std::span<const Elasticity> sensitivities) {
    std::ranges::copy_if(sensitivities, std::back_inserter(rows_),
                         [](const Elasticity& e) { return extent(e) >= least_drawn; });
    std::ranges::stable_sort(rows_, std::ranges::greater(), extent);
    if (!rows_.empty()) most_ = extent(rows_.front());
  }

  std::string draw(const std::string& title) {
    const double height = top + row * static_cast<double>(rows_.size()) + bottom;
    add("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0:g} {1:g}' width='{0:g}' height='{1:g}'",
        names + 2 * side + 80, height);
    add(" font-family='sans-serif' font-size='12'>\n<rect width='100%' height='100%' fill='white'/>\n");
    add("<text x='10' y='20' font-size='14'>{}</text>\n", xml(title));
    add("<text x='10' y='40'>percent per percent: <tspan fill='{}'>latency</tspan>, "
        "<tspan fill='{}'>energy</tspan></text>\n",
        latency_colour, energy_colour);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double y = top + row * static_cast<double>(i);
      add("<text x='{:g}' y='{:g}' text-anchor='end'>{}</text>\n", names - 10, y + bar + 4,
          xml(rows_[i].path));
      add_bar(y, rows_[i].latency, latency_colour);
      if (rows_[i].energy) add_bar(y + bar, *rows_[i].energy, energy_colour);
    }
    add("<path d='M{0:g} {1:g} V{2:g}' stroke='black'/>\n</svg>\n", middle, top - 5, height - bottom);
    return std::move(text_);
  }

 private:
  static constexpr double middle = names + side + 40;
  static constexpr std::string_view latency_colour = "#0072b2", energy_colour = "#d55e00";

  template <class... T>
  void add(fmt::format_string<T...> format, T&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(arguments)...);
  }

  void add_bar(double y, double value, std::string_view colour) {
    if (std::abs(value) < least_drawn) return;
    const double width = std::abs(value) / most_ * side;
    const double x = value < 0 ? middle - width : middle;
    add("<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:g}' fill='{}'/>", x, y, width, bar, colour);
    add("<text x='{:.1f}' y='{:.1f}' font-size='10' text-anchor='{}'>{:+.2f}</text>\n",
        value < 0 ? x - 3 : x + width + 3, y + bar - 1, value < 0 ? "end" : "start", value);
  }

  std::vector<Elasticity> rows_;
  double most_ = 1;
  std::string text_;
};

}  // namespace

std::string tornado_plot(const std::string& title, std::span<const Elasticity> sensitivities) {
  return Drawing(sensitivities).draw(title);
}

}  // namespace chipcast::report
