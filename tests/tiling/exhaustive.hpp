// tests/tiling/exhaustive.hpp: tries every tiling of a real layer: every number of tiles of every loop, every order.
//
//   const Exhausted best = exhaust(fuse(nest, tiling), bits, 32 * kibibyte, false);
//   best.moved_bits;   // the least
//   best.tried;        // how many schedules it took
//
// The footprints come from ops/loop_nest.hpp, tile by tile; nothing is shared with src/tiling. Where that would take
// more than 50 million schedules, of the tiles of one count the smallest stands for all (where padding or a stride
// makes others differ, small nests tell: oracle.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "oracle.hpp"

namespace chipcast {

struct Exhausted {
  double moved_bits = 0;  // infinite: nothing fits
  std::int64_t tried = 0;
};
Exhausted exhaust(const FusedNest& fused, const std::vector<ElementBits>& bits, Bytes capacity,
                  bool double_buffered);

}  // namespace chipcast
