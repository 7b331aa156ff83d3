// report/operator_tiles.hpp: the tiles of a kernel's main operator in each level on a device's chip.
//
//   if (const auto tiles = tiles_of(network, fused.groups[3].main, target))
//     tiles->levels[0].moved                                // bytes into the innermost level and back
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/target.hpp"
#include "ops/loop_nest.hpp"
#include "report/describe.hpp"

namespace chipcast::report {

struct LevelTiles {
  std::string
      order;  // "k 64 of 256, p 8 of 56": loops, outermost first; of those with one tile nothing is said
  std::int64_t tiles = 0;
  Bytes room, moved, compulsory;
  double over_bound = 1;  // moved / what no schedule can beat
};

struct OperatorTiles {
  LoopNest nest;                   // the heaviest of the operator's
  std::vector<LevelTiles> levels;  // innermost first; each level by itself
};

// `row`: of the network's complexity. At the batch that the graph is shaped with and the target's precision; nothing
// where the operator has no loop nest.
std::optional<OperatorTiles> tiles_of(const Network& network, std::size_t row, const Target& target);

}  // namespace chipcast::report
