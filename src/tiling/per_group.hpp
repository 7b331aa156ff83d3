// tiling/per_group.hpp: one number per group of tensors, and sums of them as functions of a factor yet unknown.
//
//   PerGroup room = {...};                              // of three groups, of which 0b101 grow with a loop's tile
//   const Linear l = linear(3, room, ones, 0b101);
//   l.fixed + l.slope * tile;                           // the room they take together
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "tiling/order.hpp"

namespace chipcast::tiling {

using PerGroup = std::array<double, most_groups>;

constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

inline void multiply(PerGroup& values, std::uint32_t groups, double factor) {
  for (; groups != 0; groups &= groups - 1) values[at(std::countr_zero(groups))] *= factor;
}

inline double sum(int count, const PerGroup& values, const PerGroup& factors) {
  double total = 0;
  for (int g = 0; g < count; ++g) total += values[at(g)] * factors[at(g)];
  return total;
}

// fixed + slope * x, where `groups` have the factor x.
struct Linear {
  double fixed = 0, slope = 0;
};
inline Linear linear(int count, const PerGroup& values, const PerGroup& factors, std::uint32_t groups) {
  Linear result;
  for (int g = 0; g < count; ++g) {
    ((groups >> g & 1) != 0 ? result.slope : result.fixed) += values[at(g)] * factors[at(g)];
  }
  return result;
}

// none + first * x + second * y + both * x * y, where `with_x` have the factor x and `with_y` the factor y.
struct Pair {
  double none = 0, first = 0, second = 0, both = 0;
};
inline Pair pair(int count, const PerGroup& values, const PerGroup& factors, std::uint32_t with_x,
                 std::uint32_t with_y) {
  Pair result;
  for (int g = 0; g < count; ++g) {
    const bool has_x = (with_x >> g & 1) != 0, has_y = (with_y >> g & 1) != 0;
    (has_x ? (has_y ? result.both : result.first) : (has_y ? result.second : result.none)) +=
        values[at(g)] * factors[at(g)];
  }
  return result;
}

}  // namespace chipcast::tiling
