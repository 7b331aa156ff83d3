// Parallel coordinates: a line a row across one upright axis a column; texts in the order in which they come.
#include <algorithm>
#include <cmath>

#include "report/drawing.hpp"

namespace chipcast::report {
namespace {

constexpr double height = 340, left = 70, right = chart_width - 70, top = 44, bottom = height - 30;

class Parallel {
 public:
  explicit Parallel(const Drawn& data) : data_(data), canvas_(data.chart.title, height) {
    for (const std::size_t column : data.series) texts_.push_back(texts_of(column));
  }

  std::string draw() {
    for (std::size_t i = 0; i < data_.series.size(); ++i) add_axis(i);
    // The marked ones lie on top.
    for (const bool is_marked : {false, true}) {
      for (std::size_t row = 0; row < data_.rows(); ++row) {
        if (data_.is_marked(row) == is_marked) add_line(row);
      }
    }
    return canvas_.finish();
  }

 private:
  std::vector<std::string> texts_of(std::size_t column) const {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      const std::string text = data_.text(row, column);
      if (!data_.number(row, column) && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
    }
    return texts;
  }

  double x_of(std::size_t axis) const {
    const auto last = static_cast<double>(std::max<std::size_t>(1, data_.series.size() - 1));
    return left + (right - left) * static_cast<double>(axis) / last;
  }

  static double y_of(double share) { return bottom - share * (bottom - top); }

  // Numbers by their logarithm, where all are above zero.
  double share_of(std::size_t axis, std::size_t row) const {
    const std::size_t column = data_.series[axis];
    const std::optional<double> number = data_.number(row, column);
    if (!number) {
      const auto found = std::ranges::find(texts_[axis], data_.text(row, column));
      const auto last = static_cast<double>(std::max<std::size_t>(1, texts_[axis].size() - 1));
      return static_cast<double>(found - texts_[axis].begin()) / last;
    }
    const std::vector<double> all = data_.numbers(column);
    const double least = std::ranges::min(all), most = std::ranges::max(all);
    if (least == most) return 0.5;
    return least > 0 ? std::log(*number / least) / std::log(most / least)
                     : (*number - least) / (most - least);
  }

  void add_axis(std::size_t axis) {
    const std::size_t column = data_.series[axis];
    const double x = x_of(axis);
    canvas_.add("<path class=\"grid\" d=\"M{:.1f} {:g}V{:g}\"/>", x, top, bottom);
    // Names stand on two lines in turn, as they are long.
    canvas_.label(x, axis % 2 == 0 ? 14 : 30, data_.column(column).label, "middle", "faint");
    for (std::size_t row = 0; row < data_.rows(); ++row) add_value(axis, row);
  }

  // Each text, and the ends of numbers.
  void add_value(std::size_t axis, std::size_t row) {
    const std::size_t column = data_.series[axis];
    const double share = share_of(axis, row);
    if (data_.number(row, column) && share != 0 && share != 1) return;
    for (std::size_t before = 0; before < row; ++before) {
      if (data_.text(before, column) == data_.text(row, column)) return;
    }
    canvas_.label(x_of(axis) + 4, y_of(share) + 4, data_.text(row, column), "start", "halo");
  }

  void add_line(std::size_t row) {
    canvas_.add("<path class=\"{}\" d=\"", data_.is_marked(row) ? "front" : "guide");
    for (std::size_t axis = 0; axis < data_.series.size(); ++axis)
      canvas_.add("{}{:.1f} {:.1f}", axis == 0 ? "M" : "L", x_of(axis), y_of(share_of(axis, row)));
    canvas_.add("\"><title>{}</title></path>", xml(data_.text(row)));
  }

  const Drawn& data_;
  std::vector<std::vector<std::string>> texts_;  // by axis: those that are no numbers
  Canvas canvas_;
};

}  // namespace

std::string draw_parallel(const Drawn& data) { return Parallel(data).draw(); }

}  // namespace chipcast::report
