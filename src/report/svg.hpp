// report/svg.hpp: what drawings have in common: text that is safe in XML, colours, axes.
//
//   const Axis axis({.values = {0.8e-3, 7e-3}, .is_log = true}, 100, 500);
//   axis.at(1e-3)                          // pixels
//   for (const double tick : axis.ticks()) ...
//
// Drawings name classes ("ink", "grid", "c3"); `drawing_style` gives them colours for light and dark.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/value.hpp"

namespace chipcast::report {

// Safe as text and within quotes.
std::string xml(std::string_view text);

inline constexpr std::size_t colour_count = 10;
// The class of the nth series: "c0" ... "c9", then from the first again.
std::string colour_class(std::size_t index);

// How every drawing begins.
inline constexpr std::string_view drawing_begin =
    R"(<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img")";

// Style sheet rules of the classes; the page and each picture of its own carry them once.
std::string_view drawing_style();
// A drawing as a file of its own.
std::string standalone(const std::string& svg);
// Whether a file is one of ours.
bool is_drawing(std::string_view text);

struct AxisData {
  std::vector<double> values;  // what must be on it
  bool is_log = false;
  bool from_zero = false;
};

class Axis {
 public:
  Axis(const AxisData& data, double from, double to);

  double at(double value) const;  // pixels, within the axis
  std::vector<double> ticks() const;
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double position(double value) const;

  bool is_log_;
  double low_ = 0, high_ = 1;  // in the units of the data
  double from_, to_;
};

// "10 ms", "50%", "1,000"
std::string tick_text(double value, Unit unit);

// How wide a text is drawn at most, in pixels, in the drawings' font.
double text_width(std::string_view text);

}  // namespace chipcast::report
