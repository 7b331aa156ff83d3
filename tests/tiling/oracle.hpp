// tests/tiling/oracle.hpp: the slow, obviously right tiling: walks schedules tile by tile and point by point.
//
//   const FusedNest fused = fuse(nest, tiling);      // which of the nest's loops are cut as one
//   walk(fused, {4, 2, 1}, {0, 1, 2}, bits).moved;   // bits moved by one schedule
//   best(fused, bits, {8 * 1024}).single[0];        // over all tile sizes and all orders
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tiling/tiling.hpp"

namespace chipcast {

// A schedule's loops; each stands for some loops of the nest, the last of which counts fastest.
struct FusedNest {
  const LoopNest* nest = nullptr;
  std::vector<std::vector<int>> members;  // the nest's loops of each fused loop
  std::vector<std::int64_t> extents;
};
// The loops that a Tiling speaks of. Loops of one iteration belong to none.
FusedNest fuse(const LoopNest& nest, const Tiling& tiling);
// Every loop of the nest by itself.
FusedNest unfused(const LoopNest& nest);

struct Walked {
  std::int64_t moved = 0;         // bits
  std::int64_t room = 0;          // bits of the largest tiles
  std::int64_t doubled_room = 0;  // ... with two copies of those that change
};
// `order` is outermost first.
Walked walk(const FusedNest& fused, const std::vector<std::int64_t>& tile, const std::vector<int>& order,
            const std::vector<ElementBits>& bits);

// The least any schedule moves, in bits, at each capacity; nothing where none fits.
struct Best {
  std::vector<std::optional<std::int64_t>> single, doubled;
};
Best best(const FusedNest& fused, const std::vector<ElementBits>& bits,
          const std::vector<std::int64_t>& capacities_bits);

}  // namespace chipcast
