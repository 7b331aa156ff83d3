// A strip a label, cut into its rows: where along a network the time goes.
#include <algorithm>

#include "report/drawing.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

constexpr double bar = 22, step = 30, axis_height = 34, gap = 10, room_for_total = 84, seam = 0.6,
                 thinnest = 0.8;

class Strips {
 public:
  explicit Strips(const Drawn& data)
      : data_(data),
        labels_(distinct([&](std::size_t row) { return data.text(row); })),
        colours_(distinct([&](std::size_t row) { return data.text(row, *data.colour); })),
        left_(row_label_width(labels_) + gap),
        top_(Canvas::legend_height(colours_, chart_width - left_) + 6),
        axis_({.values = {0, 1}}, left_, chart_width - room_for_total),
        canvas_(data.chart.title, top_ + step * static_cast<double>(labels_.size()) + axis_height) {}

  std::string draw() {
    const double bottom = top_ + step * static_cast<double>(labels_.size());
    for (const double tick : axis_.ticks()) {
      canvas_.add("<path class=\"grid\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", axis_.at(tick), top_, bottom + 4);
      canvas_.label(axis_.at(tick), bottom + 20, tick_text(tick, Unit::share), "middle", "faint");
    }
    for (std::size_t i = 0; i < labels_.size(); ++i) add_strip(i);
    canvas_.legend(colours_, left_, 16, chart_width - left_);
    return canvas_.finish();
  }

 private:
  // In the order in which they first stand there.
  template <class TextOf>
  std::vector<std::string> distinct(TextOf text_of) const {
    std::vector<std::string> all;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      std::string text = text_of(row);
      if (std::ranges::find(all, text) == all.end()) all.push_back(std::move(text));
    }
    return all;
  }

  double value(std::size_t row) const { return data_.number(row, data_.series[0]).value_or(0); }

  void add_strip(std::size_t index) {
    double sum = 0;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (data_.text(row) == labels_[index]) sum += value(row);
    }
    const double y = top_ + step * static_cast<double>(index) + (step - bar) / 2;
    canvas_.label(left_ - gap + 2, y + bar / 2 + 4, row_label(labels_[index]), "end");
    canvas_.label(axis_.at(1) + 6, y + bar / 2 + 4, short_text(sum, data_.column(data_.series[0]).unit),
                  "start", "faint");
    double before = 0;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (data_.text(row) != labels_[index]) continue;
      add_piece(row, axis_.at(before / sum), axis_.at((before + value(row)) / sum), y);
      before += value(row);
    }
  }

  void add_piece(std::size_t row, double from, double to, double y) {
    if (to - from < thinnest) return;
    const auto colour = static_cast<std::size_t>(std::ranges::find(colours_, data_.text(row, *data_.colour)) -
                                                 colours_.begin());
    const std::string name = data_.text(row, *data_.piece);
    canvas_.add(
        "<rect class=\"fill {}\" data-s=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:g}\"><title>{}, {}: {}, {}</title></rect>",
        colour_class(colour), colour, from, y, to - from - seam, bar, xml(data_.text(row)), xml(name),
        xml(data_.text(row, data_.series[0])), xml(colours_[colour]));
  }

  const Drawn& data_;
  std::vector<std::string> labels_, colours_;
  double left_, top_;
  Axis axis_;
  Canvas canvas_;
};

}  // namespace

std::string draw_strips(const Drawn& data) { return Strips(data).draw(); }

}  // namespace chipcast::report
