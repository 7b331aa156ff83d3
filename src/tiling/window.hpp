// tiling/window.hpp: how many elements of one axis a tile touches when the axis is indexed by one or two loops.
//
//   const WindowAxis row{.step_a = 2, .extent_a = 112, .step_b = 1, .extent_b = 7, .offset = -3, .size = 224};
//   elements(row, 0, 8, 0, 7);      // -> 18: rows -3..17 of which 0..17 exist
//   covered(row, 8, 7).sum;         // -> over all 14 tiles of 8 rows, halo counted in each: 224 + 13 * 5
#pragma once

#include <cstdint>

namespace chipcast::tiling {

// The index offset + step_a * a + step_b * b; outside [0, size) is padding. Steps are positive.
struct WindowAxis {
  std::int64_t step_a = 1, extent_a = 1;
  std::int64_t step_b = 1, extent_b = 1;
  std::int64_t offset = 0;
  std::int64_t size = 1;
  friend bool operator==(const WindowAxis&, const WindowAxis&) = default;
};

// Distinct elements while a runs over [a, a + count_a) and b over [b, b + count_b).
std::int64_t elements(const WindowAxis& axis, std::int64_t a, std::int64_t count_a, std::int64_t b,
                      std::int64_t count_b);

struct Covered {
  std::int64_t sum = 0;     // over all tiles of the axis
  std::int64_t widest = 0;  // of one tile
};
Covered covered(const WindowAxis& axis, std::int64_t tile_a, std::int64_t tile_b);

}  // namespace chipcast::tiling
