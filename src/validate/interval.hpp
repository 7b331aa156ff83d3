// validate/interval.hpp: what a printed figure may have been before it was rounded; never negative.
//
//   Interval time{0.225, 0.235};                  // "0.23"
//   Interval rate = Interval{1, 1} / time;        // 4.26 to 4.44
//   gap(rate, {4.25, 4.35})                       // 0: they overlap
#pragma once

#include <algorithm>
#include <limits>

namespace chipcast {

struct Interval {
  double low = 0, high = 0;

  friend Interval operator*(Interval a, Interval b) { return {a.low * b.low, a.high * b.high}; }
  // By an interval that starts at zero: without an upper end.
  friend Interval operator/(Interval a, Interval b) {
    constexpr double endless = std::numeric_limits<double>::infinity();
    return {b.high > 0 ? a.low / b.high : endless, b.low > 0 ? a.high / b.low : endless};
  }
};

// How far two intervals lie apart, as a share of the greater of the ends between them; 0 where they overlap.
inline double gap(Interval a, Interval b) {
  const double between = std::max(a.low - b.high, b.low - a.high);
  return between <= 0 ? 0 : between / std::max(a.low, b.low);
}

}  // namespace chipcast
