// Points with their names beside them, where there is room; a line through those that are marked; guides behind.
#include <algorithm>
#include <array>
#include <cmath>

#include "report/drawing.hpp"

namespace chipcast::report {
namespace {

constexpr double height = 400, left = 112, right = chart_width - 24, margin_top = 14, margin_bottom = 48;

struct Box {
  double x1, y1, x2, y2;
};
double overlap(const Box& a, const Box& b) {
  const double w = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const double h = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  return w > 0 && h > 0 ? w * h : 0;
}

class Points {
 public:
  explicit Points(const Drawn& data)
      : data_(data),
        y_column_(data.series.at(0)),
        names_(distinct_names(data)),
        top_(margin_top + (is_grouped() ? Canvas::legend_height(names_, right - left) : 0)),
        bottom_(top_ + height - margin_top - margin_bottom),
        x_(axis_data(*data.x, data.chart.log_x, true), left, right),
        y_(axis_data(y_column_, data.chart.log_y, false), bottom_, top_),
        canvas_(data.chart.title, bottom_ + margin_bottom) {}

  std::string draw() {
    add_axes();
    for (const Guide& guide : data_.chart.guides) add_guide(guide);
    add_front();
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (!is_known(row)) continue;
      const double x = x_of(row), y = y_of(row);
      taken_.push_back({x - 6, y - 6, x + 6, y + 6});
    }
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (!is_known(row)) continue;
      add_point(row);
      if (!is_grouped()) add_name(row);
    }
    if (is_grouped()) canvas_.legend(names_, left, margin_top, right - left);
    return canvas_.finish();
  }

 private:
  static std::vector<std::string> distinct_names(const Drawn& data) {
    std::vector<std::string> names;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      if (std::ranges::find(names, data.text(row)) == names.end()) names.push_back(data.text(row));
    }
    return names;
  }

  AxisData axis_data(std::size_t column, bool is_log, bool is_x) const {
    AxisData all{.values = data_.numbers(column), .is_log = is_log};
    for (const Guide& guide : data_.chart.guides) {
      all.values.insert(all.values.end(), {is_x ? guide.x1 : guide.y1, is_x ? guide.x2 : guide.y2});
    }
    return all;
  }

  // Several points have one name: they share a colour, which the legend tells.
  bool is_grouped() const { return names_.size() < data_.rows(); }
  std::size_t colour(std::size_t row) const {
    return static_cast<std::size_t>(std::ranges::find(names_, data_.text(row)) - names_.begin());
  }

  bool is_known(std::size_t row) const { return data_.number(row, *data_.x) && data_.number(row, y_column_); }
  double x_of(std::size_t row) const { return x_.at(*data_.number(row, *data_.x)); }
  double y_of(std::size_t row) const { return y_.at(*data_.number(row, y_column_)); }

  void add_axes() {
    for (const double tick : x_.ticks()) {
      const double x = x_.at(tick);
      canvas_.add("<path class=\"grid\" d=\"M{:.1f} {:g}V{:g}\"/>", x, top_, bottom_);
      canvas_.label(x, bottom_ + 18, tick_text(tick, data_.column(*data_.x).unit), "middle", "faint");
    }
    for (const double tick : y_.ticks()) {
      const double y = y_.at(tick);
      canvas_.add("<path class=\"grid\" d=\"M{:g} {:.1f}H{:g}\"/>", left, y, right);
      canvas_.label(left - 8, y + 4, tick_text(tick, data_.column(y_column_).unit), "end", "faint");
    }
    canvas_.label((left + right) / 2, bottom_ + 40, data_.column(*data_.x).label, "middle");
    canvas_.add("<text transform=\"translate(16,{:g}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                (top_ + bottom_) / 2, xml(data_.column(y_column_).label));
  }

  void add_guide(const Guide& guide) {
    const double x1 = x_.at(guide.x1), y1 = y_.at(guide.y1), x2 = x_.at(guide.x2), y2 = y_.at(guide.y2);
    canvas_.add("<path class=\"guide\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>", x1, y1, x2, y2);
    // Level ones are named at their right end, rising ones at the left.
    const bool is_level = guide.y1 == guide.y2;
    const double width = text_width(guide.label);
    const double x = is_level ? right - width - 4 : std::min(x1 + 6, right - width);
    const double y =
        is_level ? y1 - 5 : std::max(y1 - 5 - (x + width / 2 - x1) * (y1 - y2) / (x2 - x1), top_ + 12);
    taken_.push_back({x, y - 12, x + width, y + 3});
    canvas_.label(x, y, guide.label, "start", "faint halo");
  }

  void add_front() {
    std::vector<std::size_t> front;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (data_.is_marked(row) && is_known(row)) front.push_back(row);
    }
    if (front.size() < 2 || !data_.chart.is_joined) return;
    std::ranges::sort(front, {}, [&](std::size_t row) { return x_of(row); });
    canvas_.add("<path class=\"front\" d=\"");
    for (std::size_t i = 0; i < front.size(); ++i)
      canvas_.add("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x_of(front[i]), y_of(front[i]));
    canvas_.add("\"/>");
    // Names keep off the line, too.
    for (std::size_t i = 1; i < front.size(); ++i) {
      const double x1 = x_of(front[i - 1]), y1 = y_of(front[i - 1]), x2 = x_of(front[i]), y2 = y_of(front[i]);
      const double pieces = std::ceil(std::hypot(x2 - x1, y2 - y1) / 8);
      for (double piece = 0; piece < pieces; ++piece) {
        const double x = x1 + (x2 - x1) * piece / pieces, y = y1 + (y2 - y1) * piece / pieces;
        taken_.push_back({x - 2, y - 2, x + 2, y + 2});
      }
    }
  }

  void add_point(std::size_t row) {
    canvas_.add(
        "<circle class=\"fill {0}\" data-s=\"{1}\" cx=\"{2:.1f}\" cy=\"{3:.1f}\" r=\"5.5\"{4}><title>{5}: "
        "{6} {7}, {8} "
        "{9}</title></circle>",
        colour_class(colour(row)), colour(row), x_of(row), y_of(row),
        data_.marked && !data_.is_marked(row) ? " fill-opacity=\".45\"" : "", xml(data_.text(row)),
        xml(data_.column(*data_.x).label), xml(data_.text(row, *data_.x)), xml(data_.column(y_column_).label),
        xml(data_.text(row, y_column_)));
  }

  void add_name(std::size_t row) {
    const double x = x_of(row), y = y_of(row);
    const std::string name = data_.text(row);
    const double width = text_width(name);
    Box best{};
    double least = -1;
    // Around the point first, then further off with a line that leads there.
    for (const double away : {0.0, 16.0, 32.0, 48.0}) {
      const std::array<std::pair<double, double>, 6> offsets = {{{9 + away / 2, 4},
                                                                 {-9 - away / 2 - width, 4},
                                                                 {-width / 2, -10 - away},
                                                                 {-width / 2, 20 + away},
                                                                 {9 + away / 2, -8 - away},
                                                                 {9 + away / 2, 16 + away}}};
      for (const auto& [dx, dy] : offsets) {
        const Box box{x + dx, y + dy - 11, x + dx + width, y + dy + 3};
        double cost = away;
        for (const Box& other : taken_) cost += 10 * overlap(box, other);
        if (box.x1 < left + 2 || box.x2 > right || box.y1 < top_ || box.y2 > bottom_) cost += 1e6;
        if (least < 0 || cost < least) {
          least = cost;
          best = box;
        }
      }
      if (least <= away) break;
    }
    taken_.push_back(best);
    const double nearest_x = std::clamp(x, best.x1, best.x2), nearest_y = std::clamp(y, best.y1, best.y2);
    if (std::abs(nearest_x - x) + std::abs(nearest_y - y) > 14) {
      canvas_.add("<path class=\"leader\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>", x, y, nearest_x, nearest_y);
    }
    canvas_.label(best.x1, best.y2 - 3, name, "start", "halo");
  }

  const Drawn& data_;
  std::size_t y_column_;
  std::vector<std::string> names_;
  double top_, bottom_;
  Axis x_, y_;
  Canvas canvas_;
  std::vector<Box> taken_;
};

}  // namespace

std::string draw_points(const Drawn& data) { return Points(data).draw(); }

}  // namespace chipcast::report
