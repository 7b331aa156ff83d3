#include "report/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "report/numbers.hpp"

namespace chipcast::report {
namespace {

// 1, 2 or 5 times a power of ten, so that about `wanted` steps cover `span`.
double nice_step(double span, double wanted) {
  const double raw = span / wanted;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) return factor * power;
  }
  return 10 * power;
}

}  // namespace

std::string xml(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string colour_class(std::size_t index) { return fmt::format("c{}", index % colour_count); }

// The first six are told apart by readers who cannot tell all hues (Okabe and Ito, "Color Universal Design", 2008).
std::string_view drawing_style() {
  return R"(svg.chart{--paper:#fff;--ink:#1d2329;--faint:#5b6670;--line:#d8dde2;font:12px system-ui,sans-serif}
.chart text{fill:var(--ink)}.chart .faint{fill:var(--faint)}.chart .grid{stroke:var(--line);fill:none}
.chart .frame{stroke:var(--faint);fill:none}.chart .whisker{stroke:var(--ink);stroke-opacity:.65;fill:none}
.chart .guide{stroke:var(--faint);stroke-dasharray:5 4;fill:none}.chart .front{stroke:var(--ink);stroke-width:1.5;fill:none}
.chart .leader{stroke:var(--faint);stroke-opacity:.6}.chart .halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.c0{--c:#0072b2}.c1{--c:#e69f00}.c2{--c:#009e73}.c3{--c:#cc79a7}.c4{--c:#56b4e9}.c5{--c:#d55e00}
.c6{--c:#7a68c9}.c7{--c:#8a8f94}.c8{--c:#b0a000}.c9{--c:#a65628}
.chart .fill{fill:var(--c)}.chart .stroke{stroke:var(--c);fill:none;stroke-width:2}
)";
}

std::string standalone(const std::string& svg) {
  const std::size_t end_of_tag = svg.find('>') + 1;
  return fmt::format("{}\n<style>{}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{}\n",
                     svg.substr(0, end_of_tag), drawing_style(), svg.substr(end_of_tag));
}

bool is_drawing(std::string_view text) { return text.starts_with(drawing_begin); }

Axis::Axis(const AxisData& data, double from, double to) : is_log_(data.is_log), from_(from), to_(to) {
  bool is_first = true;
  for (const double value : data.values) {
    if (is_log_ && value <= 0) continue;
    low_ = is_first ? value : std::min(low_, value);
    high_ = is_first ? value : std::max(high_, value);
    is_first = false;
  }
  if (is_log_) {
    if (is_first) low_ = high_ = 1;
    const double margin = std::max(std::pow(high_ / low_, 0.06), 1.25);
    low_ /= margin;
    high_ *= margin;
    return;
  }
  if (data.from_zero) low_ = std::min(low_, 0.0);
  if (high_ <= low_) high_ = low_ + std::max(std::abs(low_), 1.0);
  const double step = nice_step(high_ - low_, 5);
  low_ = std::floor(low_ / step + 1e-9) * step;
  high_ = std::ceil(high_ / step - 1e-9) * step;
}

double Axis::position(double value) const {
  if (is_log_) return std::log(std::max(value, low_) / low_) / std::log(high_ / low_);
  return (value - low_) / (high_ - low_);
}

double Axis::at(double value) const { return from_ + std::clamp(position(value), 0.0, 1.0) * (to_ - from_); }

std::vector<double> Axis::ticks() const {
  std::vector<double> all;
  if (!is_log_) {
    const double step = nice_step(high_ - low_, 5);
    const auto steps = static_cast<int>(std::floor((high_ - low_) / step + 1e-6));
    for (int i = 0; i <= steps; ++i) all.push_back(low_ + i * step);
    return all;
  }
  const int first = static_cast<int>(std::floor(std::log10(low_)));
  const int last = static_cast<int>(std::ceil(std::log10(high_)));
  const int decades = last - first;
  for (int decade = first; decade <= last; ++decade) {
    if (decades > 8 && decade % 2 != 0) continue;
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && decades > 3) break;
      const double tick = factor * std::pow(10, decade);
      if (tick >= low_ * (1 - 1e-9) && tick <= high_ * (1 + 1e-9)) all.push_back(tick);
    }
  }
  return all;
}

std::string tick_text(double value, Unit unit) {
  if (value == 0) return "0";
  if (unit == Unit::share) return fmt::format("{:.3g}%", 100 * value);
  if (unit == Unit::ratio) return fmt::format("{:.3g}x", value);
  if (unit == Unit::count && value < 1e5) return format_count(std::llround(value));
  if (unit == Unit::none || unit == Unit::count) return format_scaled(value, "");
  if (unit == Unit::hertz) return value >= 1000 ? format_scaled(value, "/s") : fmt::format("{:.3g}/s", value);
  return short_text(value, unit);
}

double text_width(std::string_view text) { return 7.0 * static_cast<double>(display_width(text)); }

}  // namespace chipcast::report
