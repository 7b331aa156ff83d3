#include "report/parity_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>
#include <vector>

#include "report/numbers.hpp"
#include "report/svg.hpp"

namespace chipcast::report {
namespace {

struct Point {
  double measured = 0, estimate = 0;
  const Measurement* of = nullptr;
};

struct Panel {
  std::string_view title;
  Unit unit;
  std::vector<Point> points = {};
};

// Geometry in pixels.
constexpr double side = 420, left = 80, top = 40, bottom = 50, gap = 90, legend_width = 190, line_height = 16;

// Distinct for readers who cannot tell all hues (Okabe and Ito, "Color Universal Design", 2008).
constexpr std::array<std::string_view, 7> colours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                     "#e69f00", "#56b4e9", "#000000"};
constexpr std::size_t shapes = 4;

std::vector<Panel> panels_of(const Validation& validation) {
  Panel times{.title = "time of a batch", .unit = Unit::seconds};
  Panel energies{.title = "energy of a batch", .unit = Unit::joules};
  Panel powers{.title = "power", .unit = Unit::watts};
  for (const Compared& row : validation.compared) {
    const Measurement& m = *row.measured;
    const Point point{.measured = m.value, .estimate = row.estimate, .of = &m};
    switch (m.metric) {
      case Metric::latency:
        times.points.push_back(point);
        break;
      case Metric::throughput:
        times.points.push_back({m.batch / point.measured, m.batch / point.estimate, &m});
        break;
      case Metric::energy:
        energies.points.push_back(point);
        break;
      case Metric::power:
        powers.points.push_back(point);
        break;
    }
  }
  std::vector<Panel> all;
  for (Panel* panel : {&times, &energies, &powers}) {
    if (!panel->points.empty()) all.push_back(std::move(*panel));
  }
  return all;
}

class Drawing {
 public:
  explicit Drawing(const Validation& validation) : panels_(panels_of(validation)) {
    std::set<std::string> devices;
    for (const TargetError& target : validation.targets) devices.insert(target.device);
    devices_.assign(devices.begin(), devices.end());
  }

  std::string draw() {
    const double width = left + static_cast<double>(panels_.size()) * (side + gap) - gap + 30 + legend_width;
    const double height =
        std::max(top + side + bottom, top + line_height * static_cast<double>(devices_.size()));
    add("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0:g} {1:g}' width='{0:g}' height='{1:g}'",
        width, height);
    add(" font-family='sans-serif' font-size='12'>\n"
        "<rect width='100%' height='100%' fill='white'/>\n");
    for (std::size_t i = 0; i < panels_.size(); ++i) {
      add("<g transform='translate({:g},{:g})'>\n", left + static_cast<double>(i) * (side + gap), top);
      add_panel(panels_[i]);
      add("</g>\n");
    }
    add_legend(width - legend_width);
    add("</svg>\n");
    return std::move(text_);
  }

 private:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(arguments)...);
  }

  void add_panel(const Panel& panel) {
    low_ = 1e300;
    high_ = -1e300;
    for (const Point& point : panel.points) {
      for (const double value : {point.measured, point.estimate}) {
        low_ = std::min(low_, std::floor(std::log10(value)));
        high_ = std::max(high_, std::ceil(std::log10(value)));
      }
    }
    high_ = std::max(high_, low_ + 1);
    add_band();
    for (double decade = low_; decade <= high_; ++decade) add_tick(decade, panel.unit);
    add("<rect width='{0:g}' height='{0:g}' fill='none' stroke='black'/>\n", side);
    add("<text x='{:g}' y='-12' text-anchor='middle' font-size='14'>{}</text>\n", side / 2, panel.title);
    add("<text x='{:g}' y='{:g}' text-anchor='middle'>measured</text>\n", side / 2, side + 38);
    add("<text transform='translate(-62,{:g}) rotate(-90)' text-anchor='middle'>estimate</text>\n", side / 2);
    for (const Point& point : panel.points) {
      add_mark(x_of(point.measured), side - x_of(point.estimate), point.of->device,
               fmt::format("{} on {}: {} measured, {} estimated", point.of->model, point.of->device,
                           short_text(point.measured, panel.unit), short_text(point.estimate, panel.unit)));
    }
  }

  // Between half and twice what was measured, and the diagonal.
  void add_band() {
    const double shift = std::log10(2.0) / (high_ - low_) * side;
    add("<path d='M0 {0:.1f} L{1:.1f} 0 L{2:g} 0 L{2:g} {3:.1f} L{3:.1f} {2:g} L0 {2:g} Z' "
        "fill='#eeeeee'/>\n",
        side - shift, side - shift, side, shift);
    add("<path d='M0 {0:g} L{0:g} 0' stroke='#888888'/>\n", side);
  }

  void add_tick(double decade, Unit unit) {
    const double at = (decade - low_) / (high_ - low_) * side;
    const std::string label = short_text(std::pow(10, decade), unit);
    add("<path d='M{0:.1f} {1:g} v5 M0 {2:.1f} h-5' stroke='black'/>", at, side, side - at);
    add("<text x='{:.1f}' y='{:g}' text-anchor='middle'>{}</text>", at, side + 18, label);
    add("<text x='-8' y='{:.1f}' text-anchor='end'>{}</text>\n", side - at + 4, label);
  }

  void add_legend(double x) {
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const double y = top + line_height * static_cast<double>(i);
      add_mark(x, y, devices_[i], devices_[i]);
      add("<text x='{:g}' y='{:g}'>{}</text>\n", x + 10, y + 4, xml(devices_[i]));
    }
  }

  void add_mark(double x, double y, const std::string& device, const std::string& title) {
    static constexpr std::array<std::string_view, shapes> outlines = {
        "m-3 0 a3 3 0 1 0 6 0 a3 3 0 1 0 -6 0", "m-3 -3 h6 v6 h-6 z", "m0 -4 l4 7 h-8 z",
        "m0 -4 l4 4 l-4 4 l-4 -4 z"};
    const auto index = static_cast<std::size_t>(std::ranges::find(devices_, device) - devices_.begin());
    add("<path d='M{:.1f} {:.1f} {}' fill='{}' fill-opacity='0.7'><title>{}</title></path>\n", x, y,
        outlines[index / colours.size() % shapes], colours[index % colours.size()], xml(title));
  }

  double x_of(double value) const { return (std::log10(value) - low_) / (high_ - low_) * side; }

  std::vector<Panel> panels_;
  std::vector<std::string> devices_;
  double low_ = 0, high_ = 1;  // decades of the panel that is being drawn
  std::string text_;
};

}  // namespace

std::string parity_plot(const Validation& validation) { return Drawing(validation).draw(); }

}  // namespace chipcast::report
