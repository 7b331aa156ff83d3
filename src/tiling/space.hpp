// tiling/space.hpp: a nest prepared for the search: fused loops, tensors as products of widths, tile candidates.
//
//   const Space space = prepare(problem);
//   space.loops[0].extent;                       // of the first fused loop
//   space.groups[0].elements_per_tile(...)       // see search.cpp
//
// Loops that every tensor indexes alike and without halo or padding are fused. What is left are plain loops, whose
// tile is a factor of the footprint of each tensor that it moves, and windows: pairs of loops such as a convolution's
// output row and kernel row that meet in one axis, where a table says how wide a pair of tiles is.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tiling/order.hpp"
#include "tiling/tiling.hpp"
#include "tiling/window.hpp"

namespace chipcast::tiling {

struct FusedLoop {
  std::int64_t extent = 1;
  std::uint32_t nest_loops = 0;
  int unit = -1;
  int kind = -1;  // loops of a kind move the same tensors
};

// One axis of a tensor that is indexed by a window, as fused loops.
struct WindowedAxis {
  WindowAxis axis;
  int loop_a = -1, loop_b = -1;  // b: -1 if there is but one
};

struct Tensor {
  bool writes = false;
  int bits = 0, partial_bits = 0;
  std::uint32_t loops = 0;      // that move it
  std::uint32_t plain = 0;      // ... whose tile is a factor of its footprint
  std::uint32_t sums_over = 0;  // splitting these leaves partial results
  std::int64_t fixed = 1;       // footprint of axes that are never split
  std::array<std::int8_t, 3> windows = {-1, -1, -1};
  std::int64_t distinct = 0;  // elements of the whole tensor that are touched
  bool is_tiled = false;      // false: too many tensors; moved once and given no room
};

// Tensors of one footprint, together: they move and stay together.
struct Group {
  std::uint32_t loops = 0, plain = 0, sums_over = 0;
  double fixed = 1;
  std::array<std::int8_t, 3> windows = {-1, -1, -1};
  double bits_moved = 0;  // per element of every tile that is brought in ...
  double bits_once = 0;   // ... and, whatever the tiling, in all (negative: results are not read at first)
  double bits_held = 0;   // room per element
  double bits_held_split = 0;  // ... while results are partial
};

struct PlainTile {
  std::int64_t tile, count;
};
struct WindowTile {
  std::int64_t tile_a, tile_b;
  double count_a, count_b;
  std::array<double, 2> widest, sum;  // by windowed axis of the unit
};

// What is cut together: one plain loop, or the loops of a window.
struct Unit {
  int loop_a = -1, loop_b = -1;
  int axis_count = 0;  // 0: plain
  std::array<std::int8_t, 2> axes = {};
  // Groups: whose footprint a tile of loop a (b) is a factor of; that loop a (b) moves; that have windowed axis 0 (1).
  std::uint32_t plain_a = 0, plain_b = 0, moved_a = 0, moved_b = 0;
  std::array<std::uint32_t, 2> wide = {};
  std::vector<PlainTile> plain;                   // at least 2 tiles, large tiles first
  std::array<std::vector<WindowTile>, 4> window;  // [a is split + 2 * b is split]
  struct Least {
    std::array<double, 2> widest, sum;
  };
  std::array<Least, 4> least;
};

struct Space {
  int loop_count = 0;
  std::array<FusedLoop, most_loops> loops;
  std::vector<Tensor> tensors;
  std::vector<WindowedAxis> windows;
  int group_count = 0;
  std::array<Group, most_groups> groups;
  int unit_count = 0;
  std::array<Unit, most_loops> units;
  int kind_count = 0;
  std::array<std::uint32_t, most_loops> moved_by_kind;  // groups
  std::vector<Orders> orders;  // by set of kinds that are split; empty if there are too many
  double bits_beside = 0;      // moved whatever the tiling: tensors without a group
  std::int64_t points = 0;
  // Three tensors of which every loop moves at least two: the lower bound of matrix products holds. 0: not so.
  int product_bits = 0;  // of the narrowest of the three
  double product_points = 0;
  double bits_beside_product = 0;  // compulsory bits of the other tensors
  TilingProblem problem;
};

Space prepare(const TilingProblem& problem);
void analyse(Space& space);  // its first step: fills `loops`, `tensors` and `windows` from the problem's nest

// The cheapest schedule found; `order` is of kinds.
struct Choice {
  bool fits = false;
  std::uint32_t split = 0;
  std::array<std::int64_t, most_loops> tile = {};
  Order order;
  double bits = 0;
};
Choice search(const Space& space, double capacity_bits, bool double_buffered);

// What is to be counted. `sequence`: every fused loop, innermost first.
struct Schedule {
  bool fits = true;
  std::array<std::int64_t, most_loops> tile = {};
  std::array<std::int8_t, most_loops> sequence = {};
};
// Of a choice, with tiles grown into room that is left where that moves nothing more or less.
Schedule schedule_of(const Space& space, const Choice& choice, const Boundary& boundary);
// Bits on chip, copies included.
std::int64_t room(const Space& space, const Schedule& schedule, bool double_buffered);
// What a schedule moves, in exact integers.
Tiling count(const Space& space, const Schedule& schedule, const Boundary& boundary);

}  // namespace chipcast::tiling
