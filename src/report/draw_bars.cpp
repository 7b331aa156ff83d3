// Horizontal bars, so that names stand beside them in full.
#include <algorithm>

#include "report/drawing.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

constexpr double bar = 18, step = 26, axis_height = 34, gap = 10, room_for_total = 84, thinnest = 0.15;

class Bars {
 public:
  explicit Bars(const Drawn& data)
      : data_(data),
        left_(widest_label() + gap),
        top_(stacked() ? Canvas::legend_height(names(), chart_width - left_) + 6 : 8),
        bottom_(top_ + step * static_cast<double>(data.rows())),
        axis_(values(), left_, chart_width - (shares() ? 16 : room_for_total)),
        canvas_(data.chart.title, bottom_ + axis_height) {}

  std::string draw() {
    for (const double tick : axis_.ticks()) {
      const double x = axis_.at(tick);
      canvas_.add("<path class=\"grid\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, top_, bottom_ + 4);
      canvas_.label(x, bottom_ + 20, tick_text(tick, unit()), "middle", "faint");
    }
    for (std::size_t s = 0; s < data_.series.size(); ++s) add_series(s);
    for (std::size_t row = 0; row < data_.rows(); ++row) add_row(row);
    if (stacked()) canvas_.legend(names(), left_, 16, chart_width - left_);
    return canvas_.finish();
  }

 private:
  bool stacked() const { return data_.series.size() > 1; }
  Unit unit() const { return data_.series.empty() ? Unit::none : data_.column(data_.series[0]).unit; }
  bool shares() const { return stacked() && unit() == Unit::share; }

  double widest_label() const {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < data_.rows(); ++row) texts.push_back(data_.text(row));
    return row_label_width(texts);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const std::size_t column : data_.series) all.push_back(data_.column(column).label);
    return all;
  }

  // Of the first series.
  double sum(std::size_t row, std::size_t series) const {
    double all = 0;
    for (std::size_t s = 0; s < series; ++s) all += data_.number(row, data_.series[s]).value_or(0);
    return all;
  }

  AxisData values() const {
    AxisData all{.values = {}, .is_log = data_.chart.log_x, .from_zero = true};
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      all.values.push_back(sum(row, data_.series.size()));
      if (data_.high) all.values.push_back(data_.number(row, *data_.high).value_or(0));
      if (data_.low) all.values.push_back(data_.number(row, *data_.low).value_or(0));
    }
    if (shares()) all.values = {0, 1};
    return all;
  }

  double top_of(std::size_t row) const { return top_ + step * static_cast<double>(row) + (step - bar) / 2; }

  void add_series(std::size_t s) {
    canvas_.add("<g class=\"{}\" data-s=\"{}\">", colour_class(s), s);
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      const auto value = data_.number(row, data_.series[s]);
      if (!value || *value <= 0) continue;
      const double before = sum(row, s);
      const double from = before > 0 || !data_.chart.log_x ? axis_.at(before) : left_;
      const double to = axis_.at(before + *value);
      if (to - from < thinnest) continue;
      canvas_.add("<rect class=\"fill\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:g}\">", from,
                  top_of(row), to - from, bar);
      canvas_.add("<title>{}: {} {}</title></rect>", xml(data_.text(row)),
                  xml(data_.column(data_.series[s]).label), xml(data_.text(row, data_.series[s])));
    }
    canvas_.add("</g>");
  }

  void add_row(std::size_t row) {
    const double y = top_of(row);
    canvas_.label(left_ - gap + 2, y + bar / 2 + 4, row_label(data_.text(row)), "end");
    const double all = sum(row, data_.series.size());
    if (all <= 0) return canvas_.label(left_ + 4, y + bar / 2 + 4, "not known", "start", "faint");
    double end = axis_.at(all);
    if (data_.low && data_.high) end = std::max(end, add_whisker(row, y + bar / 2));
    if (!shares()) canvas_.label(end + 6, y + bar / 2 + 4, short_text(all, unit()), "start", "faint");
  }

  double add_whisker(std::size_t row, double y) {
    const double from = axis_.at(data_.number(row, *data_.low).value_or(axis_.low()));
    const double to = axis_.at(data_.number(row, *data_.high).value_or(axis_.low()));
    canvas_.add(
        "<path class=\"whisker\" d=\"M{0:.1f} {2:.1f}H{1:.1f}M{0:.1f} {3:.1f}v8M{1:.1f} {3:.1f}v8\"/>", from,
        to, y, y - 4);
    return to;
  }

  const Drawn& data_;
  double left_, top_, bottom_;
  Axis axis_;
  Canvas canvas_;
};

}  // namespace

std::string draw_bars(const Drawn& data) { return Bars(data).draw(); }

}  // namespace chipcast::report
