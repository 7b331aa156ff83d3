// tiling/tiling.hpp: tile sizes and loop order that move the fewest bytes across one memory boundary.
//
//   const Tiler tiler({.nest = &conv_nest, .elements = {{.bits = 16}, {.bits = 8}, {.bits = 16, .partial_bits = 32}}});
//   const Tiling tiling = tiler.at({.capacity = 256 * kibibyte, .double_buffered = true});
//   tiling.moved() / tiling.lower_bound;                 // how far from what no schedule can beat
//
// The schedule is: cut every loop into tiles, run the tiles in some order of the loops, and keep on chip exactly one
// tile of every tensor. A tensor moves when its tile changes: a tile is read whole (halo included, although the one
// before it may have held a part of it), and a result is written back when its tile leaves, and read again when its
// tile comes back to be added to. Tiles at the rim are as small as they are, and padding moves nothing.
//
// `Tiler::at` is the minimum over a set of such schedules that does not depend on the capacity, so a larger capacity
// never moves more bytes. On nests of few points the set holds every schedule; on others the loss is within 2% (see
// tests/tiling and tests/bench/tiling_bench.cpp). Levels of one chip are solved each by itself: the tile of an inner
// level is not forced into the tile of the level around it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/quantity.hpp"
#include "hardware/device.hpp"
#include "ops/loop_nest.hpp"

namespace chipcast {

// How an access of the nest is stored. No bits: the tensor never crosses the boundary (fused away) and holds no room.
struct ElementBits {
  int bits = 32;
  int partial_bits = 0;  // of a result not yet summed up, on chip and where it spills; 0: as `bits`
};

struct TilingProblem {
  const LoopNest* nest = nullptr;          // outlives the Tiler
  std::vector<ElementBits> elements = {};  // by access of the nest; missing: 32 bits
  Bytes resident = {};     // takes room for the whole time, whatever the tiles (a bias, a table)
  Bytes streamed_in = {};  // operands of fused elementwise work: moved once, no room worth counting
  Bytes streamed_out = {};
};

// Between a memory and the one around it.
struct Boundary {
  Bytes capacity;
  bool double_buffered =
      false;  // two copies of every tile that changes, so that moving and computing overlap
};

// The boundaries of a device's on-chip levels, innermost first; capacity is that of one instance, and scratchpads
// that software fills are double buffered.
std::vector<Boundary> on_chip_boundaries(const Device& device);

// One loop of the schedule. Loops that every tensor indexes alike are fused to one; a tile is then a run of the fused
// index (the last of the nest's loops counts fastest).
struct TiledLoop {
  std::uint32_t nest_loops = 0;  // bit i: LoopNest::loops()[i]
  std::int64_t extent = 1;
  std::int64_t tile = 1;
  std::int64_t count = 1;  // of tiles; the last may be smaller
};

struct TensorTraffic {
  Bytes read, written;     // across the boundary
  Bytes compulsory;        // every distinct element once
  std::int64_t loads = 0;  // how often a tile is brought in (or begun)
  Bytes tile;              // room of the largest tile, one copy
  double reuse = 0;        // uses of an element per element moved
  Bytes moved() const { return read + written; }
};

struct Tiling {
  static constexpr std::size_t most_loops = 12, most_tensors = 16;

  bool fits = true;  // false: not even single points fit; then nothing is kept and every use moves
  int loop_count = 0;
  std::array<TiledLoop, most_loops> loops = {};  // outermost first
  int tensor_count = 0;
  std::array<TensorTraffic, most_tensors> tensors =
      {};  // by access; accesses beyond count in the totals only
  std::int64_t tiles = 1;
  Bytes room;           // what the schedule takes on chip, copies and resident data included
  Bytes read, written;  // totals, with what is streamed
  Bytes compulsory;     // every distinct element once, and what is streamed
  Bytes lower_bound;    // no schedule of any kind moves less; at least `compulsory`

  Bytes moved() const { return read + written; }
  double distance() const { return lower_bound == Bytes{} ? 1 : moved() / lower_bound; }  // 1: optimal
};

namespace tiling {
struct Space;
}

// Prepares a nest once, then answers for as many capacities as are asked.
class Tiler {
 public:
  explicit Tiler(const TilingProblem& problem);
  ~Tiler();
  Tiler(Tiler&&) noexcept;
  Tiler& operator=(Tiler&&) noexcept;

  Tiling at(const Boundary& boundary) const;

 private:
  std::unique_ptr<tiling::Space> space_;
};

}  // namespace chipcast
