// A line a series, its name at its right end.
#include <algorithm>

#include "report/drawing.hpp"

namespace chipcast::report {
namespace {

constexpr double height = 340, left = 76, top = 14, bottom = height - 48, label_gap = 14;

class Lines {
 public:
  explicit Lines(const Drawn& data)
      : data_(data),
        right_(chart_width - widest_name() - 26),
        x_({.values = data.numbers(*data.x), .is_log = data.chart.log_x}, left, right_),
        y_(values(), bottom, top),
        canvas_(data.chart.title, height) {}

  std::string draw() {
    add_axes();
    std::vector<std::pair<double, std::size_t>> ends;
    for (std::size_t s = 0; s < data_.series.size(); ++s) {
      if (const auto end = add_line(s)) ends.emplace_back(*end, s);
    }
    // Names keep the order of the lines' ends and do not cover each other.
    std::ranges::sort(ends);
    double free = top - label_gap;
    const double needed = label_gap * static_cast<double>(ends.size());
    for (auto& [y, series] : ends) {
      y = std::max(y, free + label_gap);
      free = y;
    }
    if (!ends.empty() && free > bottom + 10) {
      double most = std::max(bottom + 10, top + needed - label_gap);
      for (std::size_t i = ends.size(); i-- > 0;) {
        ends[i].first = std::min(ends[i].first, most);
        most = ends[i].first - label_gap;
      }
    }
    for (const auto& [y, s] : ends) {
      canvas_.add(
          "<g class=\"key\" data-s=\"{}\"><circle class=\"fill {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", s,
          colour_class(s), right_ + 8, y);
      canvas_.label(right_ + 16, y + 4, data_.column(data_.series[s]).label);
      canvas_.add("</g>");
    }
    return canvas_.finish();
  }

 private:
  double widest_name() const {
    double widest = 0;
    for (const std::size_t column : data_.series)
      widest = std::max(widest, text_width(data_.column(column).label));
    return widest;
  }

  AxisData values() const {
    AxisData all{.values = {}, .is_log = data_.chart.log_y, .from_zero = true};
    for (const std::size_t column : data_.series) {
      const std::vector<double> numbers = data_.numbers(column);
      all.values.insert(all.values.end(), numbers.begin(), numbers.end());
    }
    return all;
  }

  void add_axes() {
    const Column& x_column = data_.column(*data_.x);
    const Unit unit = data_.series.empty() ? Unit::none : data_.column(data_.series[0]).unit;
    for (const double x : data_.numbers(*data_.x)) {
      canvas_.add("<path class=\"grid\" d=\"M{:.1f} {:g}V{:g}\"/>", x_.at(x), top, bottom);
      canvas_.label(x_.at(x), bottom + 18, tick_text(x, x_column.unit), "middle", "faint");
    }
    for (const double tick : y_.ticks()) {
      canvas_.add("<path class=\"grid\" d=\"M{:g} {:.1f}H{:.1f}\"/>", left, y_.at(tick), right_);
      canvas_.label(left - 8, y_.at(tick) + 4, tick_text(tick, unit), "end", "faint");
    }
    canvas_.label((left + right_) / 2, height - 8, x_column.label, "middle");
  }

  // Where it ends; nothing where none of its values is known.
  std::optional<double> add_line(std::size_t s) {
    std::string path, marks;
    std::optional<double> end;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      const auto x = data_.number(row, *data_.x), y = data_.number(row, data_.series[s]);
      if (!x || !y) continue;
      path += fmt::format("{}{:.1f} {:.1f}", end ? "L" : "M", x_.at(*x), y_.at(*y));
      end = y_.at(*y);
      marks += fmt::format(
          "<circle class=\"fill\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}, {} {}: {}</title></circle>",
          x_.at(*x), y_.at(*y), xml(data_.column(data_.series[s]).label), xml(data_.column(*data_.x).label),
          xml(data_.text(row, *data_.x)), xml(data_.text(row, data_.series[s])));
    }
    if (end) {
      canvas_.add("<g class=\"{}\" data-s=\"{}\"><path class=\"stroke\" d=\"{}\"/>{}</g>", colour_class(s), s,
                  path, marks);
    }
    return end;
  }

  const Drawn& data_;
  double right_;
  Axis x_, y_;
  Canvas canvas_;
};

}  // namespace

std::string draw_lines(const Drawn& data) { return Lines(data).draw(); }

}  // namespace chipcast::report
