// Parallel coordinates: a line a row across one upright axis a column; texts in the order in which they come.
#include <algorithm>
#include <cmath>
#include <map>

#include "report/drawing.hpp"

namespace chipcast::report {
namespace {

constexpr double height = 340, left = 70, right = chart_width - 70, top = 44, bottom = height - 30;

// A column, from 0 at the bottom to 1 at the top.
struct Upright {
  std::vector<double> shares;            // by row
  std::map<std::string, double> labels;  // each text; of numbers the least and the most
};

Upright of_numbers(const Drawn& data, std::size_t column) {
  const std::vector<double> all = data.numbers(column);
  const double least = std::ranges::min(all), most = std::ranges::max(all);
  // By their logarithm, where all are above zero.
  const auto share = [&](double number) {
    if (least == most) return 0.5;
    return least > 0 ? std::log(number / least) / std::log(most / least) : (number - least) / (most - least);
  };
  Upright upright;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const double number = data.number(row, column).value_or(least);
    upright.shares.push_back(share(number));
    if (number == least || number == most) upright.labels[data.text(row, column)] = share(number);
  }
  return upright;
}

Upright of_texts(const Drawn& data, std::size_t column) {
  Upright upright;
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::string text = data.text(row, column);
    if (upright.labels.try_emplace(text, static_cast<double>(texts.size())).second) texts.push_back(text);
  }
  const auto last = static_cast<double>(std::max<std::size_t>(2, texts.size()) - 1);
  for (auto& [text, share] : upright.labels) share /= last;
  for (std::size_t row = 0; row < data.rows(); ++row)
    upright.shares.push_back(upright.labels[data.text(row, column)]);
  return upright;
}

class Parallel {
 public:
  explicit Parallel(const Drawn& data) : data_(data), canvas_(data.chart.title, height) {
    for (const std::size_t column : data.series)
      uprights_.push_back(data.numbers(column).empty() ? of_texts(data, column) : of_numbers(data, column));
  }

  std::string draw() {
    for (std::size_t i = 0; i < uprights_.size(); ++i) add_axis(i);
    // The marked ones lie on top.
    for (const bool is_marked : {false, true}) {
      for (std::size_t row = 0; row < data_.rows(); ++row) {
        if (data_.is_marked(row) == is_marked) add_line(row);
      }
    }
    return canvas_.finish();
  }

 private:
  double x_of(std::size_t axis) const {
    const auto last = static_cast<double>(std::max<std::size_t>(2, uprights_.size()) - 1);
    return left + (right - left) * static_cast<double>(axis) / last;
  }
  static double y_of(double share) { return bottom - share * (bottom - top); }

  void add_axis(std::size_t axis) {
    const double x = x_of(axis);
    canvas_.add("<path class=\"grid\" d=\"M{:.1f} {:g}V{:g}\"/>", x, top, bottom);
    // Names stand on two lines in turn, as they are long.
    canvas_.label(x, axis % 2 == 0 ? 14 : 30, data_.column(data_.series[axis]).label, "middle", "faint");
    for (const auto& [text, share] : uprights_[axis].labels)
      canvas_.label(x + 4, y_of(share) + 4, text, "start", "halo");
  }

  void add_line(std::size_t row) {
    canvas_.add("<path class=\"{}\" d=\"", data_.is_marked(row) ? "front" : "guide");
    for (std::size_t axis = 0; axis < uprights_.size(); ++axis)
      canvas_.add("{}{:.1f} {:.1f}", axis == 0 ? "M" : "L", x_of(axis), y_of(uprights_[axis].shares[row]));
    canvas_.add("\"><title>{}</title></path>", xml(data_.text(row)));
  }

  const Drawn& data_;
  std::vector<Upright> uprights_;
  Canvas canvas_;
};

}  // namespace

std::string draw_parallel(const Drawn& data) { return Parallel(data).draw(); }

}  // namespace chipcast::report
