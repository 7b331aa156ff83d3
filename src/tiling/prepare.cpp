// Groups tensors that move together, and lists the tiles to try of each loop or window.
#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "tiling/space.hpp"

namespace chipcast::tiling {
namespace {

using Int = std::int64_t;

// In larger nests a larger kernel is split into single taps or not at all.
constexpr Int few_points = 1 << 16;
constexpr Int small_kernel = 3;

constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

// ---- groups --------------------------------------------------------------------------------------------------------

bool same_footprint(const Group& group, const Tensor& tensor) {
  return group.loops == tensor.loops && group.plain == tensor.plain && group.sums_over == tensor.sums_over &&
         group.fixed == static_cast<double>(tensor.fixed) && group.windows == tensor.windows;
}

void add_groups(Space& space) {
  for (Tensor& tensor : space.tensors) {
    if (tensor.bits == 0) continue;
    const double distinct = static_cast<double>(tensor.distinct);
    int index = 0;
    while (index < space.group_count &&
           !same_footprint(space.groups[static_cast<std::size_t>(index)], tensor)) {
      ++index;
    }
    if (!tensor.is_tiled || index == most_groups) {
      space.bits_beside += distinct * tensor.bits;
      tensor.is_tiled = false;
      continue;
    }
    Group& group = space.groups[static_cast<std::size_t>(index)];
    if (index == space.group_count) {
      ++space.group_count;
      group = {.loops = tensor.loops,
               .plain = tensor.plain,
               .sums_over = tensor.sums_over,
               .fixed = static_cast<double>(tensor.fixed),
               .windows = tensor.windows};
    }
    // A result is written at every visit and read at every visit but the first; the last write is final.
    group.bits_moved += tensor.writes ? 2.0 * tensor.partial_bits : tensor.bits;
    if (tensor.writes) group.bits_once += distinct * (tensor.bits - 2.0 * tensor.partial_bits);
    group.bits_held += tensor.bits;
    group.bits_held_split += tensor.partial_bits;
  }
  for (int k = 0; k < space.loop_count; ++k) {
    std::uint32_t moved = 0;
    for (int g = 0; g < space.group_count; ++g) {
      if ((space.groups[static_cast<std::size_t>(g)].loops >> k & 1) != 0) moved |= 1u << g;
    }
    int kind = 0;
    while (kind < space.kind_count && space.moved_by_kind[static_cast<std::size_t>(kind)] != moved) ++kind;
    space.kind_count = std::max(space.kind_count, kind + 1);
    space.moved_by_kind[static_cast<std::size_t>(kind)] = moved;
    space.loops[static_cast<std::size_t>(k)].kind = kind;
  }
  if (space.kind_count > 4) return;
  for (std::uint32_t kinds = 0; kinds < 1u << space.kind_count; ++kinds) {
    space.orders.push_back(orders_of(space.moved_by_kind, space.group_count, kinds));
  }
}

// ---- units ---------------------------------------------------------------------------------------------------------

// Every number of tiles up to 16, then steps of a sixteenth. A tile smaller than ceil(extent / count) of the same
// count takes no less room and moves no less, unless padding at the rim wants it (see `size_matters`).
template <class Add>
void each_tile(Int extent, bool every_size, Add add) {
  if (every_size) {
    for (Int tile = extent - 1; tile >= 1; --tile) add(tile);
    return;
  }
  for (Int count = 2; count <= extent;) {
    const Int tile = (extent + count - 1) / count;
    add(tile);
    if (tile == 1) return;
    const Int next = (extent + tile - 2) / (tile - 1);  // the least count of a smaller tile
    count = count <= 16 ? next : std::max(next, std::min(count + count / 16, extent));
  }
}

void add_units(Space& space) {
  const auto unit_of = [&](int loop) -> int& { return space.loops[static_cast<std::size_t>(loop)].unit; };
  for (int w = 0; w < static_cast<int>(space.windows.size()); ++w) {
    const WindowedAxis& window = space.windows[static_cast<std::size_t>(w)];
    int index = std::max(unit_of(window.loop_a), window.loop_b < 0 ? -1 : unit_of(window.loop_b));
    if (index < 0) index = space.unit_count++;
    Unit& unit = space.units[static_cast<std::size_t>(index)];
    for (const int loop : {window.loop_a, window.loop_b}) {
      if (loop < 0 || unit_of(loop) == index) continue;
      unit_of(loop) = index;
      (unit.loop_a < 0 ? unit.loop_a : unit.loop_b) = loop;
    }
    unit.axes[static_cast<std::size_t>(unit.axis_count++)] = static_cast<std::int8_t>(w);
  }
  for (int l = 0; l < space.loop_count; ++l) {
    if (unit_of(l) >= 0) continue;
    unit_of(l) = space.unit_count++;
    Unit& unit = space.units[static_cast<std::size_t>(unit_of(l))];
    unit.loop_a = l;
    const Int extent = space.loops[static_cast<std::size_t>(l)].extent;
    each_tile(extent, false, [&](Int tile) { unit.plain.push_back({tile, (extent + tile - 1) / tile}); });
  }
}

// Which of several tiles of one count is best depends on where they end if padding is wider than a step, or if it
// takes more than one step of this loop to close the gaps that the other leaves.
bool size_matters(const Space& space, const Unit& unit, int loop) {
  for (int i = 0; i < unit.axis_count; ++i) {
    const WindowedAxis& w = space.windows[static_cast<std::size_t>(unit.axes[static_cast<std::size_t>(i)])];
    const WindowAxis& a = w.axis;
    const Int step = loop == w.loop_a ? a.step_a : a.step_b;
    const Int other = loop == w.loop_a ? a.step_b : a.step_a;
    if (other / std::gcd(step, other) > 1) return true;
    const Int over = a.offset + a.step_a * (a.extent_a - 1) + a.step_b * (a.extent_b - 1) - (a.size - 1);
    if (-a.offset > step || over > step) return true;
  }
  return false;
}

Covered covered_by(const WindowedAxis& window, const Unit& unit, const WindowTile& tile) {
  const auto of = [&](int loop) { return loop < 0 ? 1 : loop == unit.loop_a ? tile.tile_a : tile.tile_b; };
  return covered(window.axis, of(window.loop_a), of(window.loop_b));
}

void fill_windows(Space& space, Unit& unit) {
  const auto sizes_of = [&](int loop, std::vector<Int>& sizes) {
    sizes.clear();
    if (loop < 0) {
      sizes.push_back(1);
      return;
    }
    const Int extent = space.loops[at(loop)].extent;
    sizes.push_back(extent);
    const int other = loop == unit.loop_a ? unit.loop_b : unit.loop_a;
    const bool is_kernel = other >= 0 && space.loops[at(other)].extent > extent;
    if (is_kernel && extent > small_kernel && space.points > few_points) {
      sizes.push_back(1);
      return;
    }
    each_tile(extent, extent <= 32 && size_matters(space, unit, loop),
              [&](Int tile) { sizes.push_back(tile); });
  };
  std::vector<Int> sizes_a, sizes_b;
  sizes_of(unit.loop_a, sizes_a);
  sizes_of(unit.loop_b, sizes_b);
  const auto count_of_tiles = [&](int loop, Int tile) {
    const Int extent = loop < 0 ? 1 : space.loops[at(loop)].extent;
    const Int count = (extent + tile - 1) / tile;
    return static_cast<double>(count);
  };
  for (std::size_t split = 0; split < 4; ++split) {
    Unit::Least& least = unit.least[split];
    least.widest.fill(std::numeric_limits<double>::infinity());
    least.sum = least.widest;
    const std::size_t end_a = (split & 1) == 0 ? 1 : sizes_a.size();
    const std::size_t end_b = (split & 2) == 0 ? 1 : sizes_b.size();
    for (std::size_t b = (split & 2) == 0 ? 0 : 1; b < end_b; ++b) {
      for (std::size_t a = (split & 1) == 0 ? 0 : 1; a < end_a; ++a) {
        WindowTile entry{.tile_a = sizes_a[a],
                         .tile_b = sizes_b[b],
                         .count_a = count_of_tiles(unit.loop_a, sizes_a[a]),
                         .count_b = count_of_tiles(unit.loop_b, sizes_b[b]),
                         .widest = {},
                         .sum = {}};
        for (int i = 0; i < unit.axis_count; ++i) {
          const auto at = static_cast<std::size_t>(i);
          const WindowedAxis& window = space.windows[static_cast<std::size_t>(unit.axes[at])];
          const Covered c = covered_by(window, unit, entry);
          entry.widest[at] = static_cast<double>(c.widest);
          entry.sum[at] = static_cast<double>(c.sum);
          least.widest[at] = std::min(least.widest[at], entry.widest[at]);
          least.sum[at] = std::min(least.sum[at], entry.sum[at]);
        }
        unit.window[split].push_back(entry);
      }
    }
  }
}

void note_groups(const Space& space, Unit& unit) {
  for (int g = 0; g < space.group_count; ++g) {
    const Group& group = space.groups[at(g)];
    const std::uint32_t bit = 1u << g;
    const auto note = [&](int loop, std::uint32_t& plain, std::uint32_t& moved) {
      if (loop < 0) return;
      if ((group.plain >> loop & 1) != 0) plain |= bit;
      if ((group.loops >> loop & 1) != 0) moved |= bit;
    };
    note(unit.loop_a, unit.plain_a, unit.moved_a);
    note(unit.loop_b, unit.plain_b, unit.moved_b);
    for (int i = 0; i < unit.axis_count; ++i) {
      const auto& windows = group.windows;
      if (std::find(windows.begin(), windows.end(), unit.axes[at(i)]) != windows.end())
        unit.wide[at(i)] |= bit;
    }
  }
}

void find_product(Space& space) {
  if (space.group_count < 3 || !space.windows.empty()) return;
  // The three largest tensors.
  std::array<const Tensor*, 3> three = {};
  double others = space.bits_beside;
  for (const Tensor& tensor : space.tensors) {
    if (tensor.bits == 0 || !tensor.is_tiled) continue;
    const Tensor* left = &tensor;
    for (const Tensor*& place : three) {
      if (place == nullptr || place->distinct < left->distinct) std::swap(place, left);
      if (left == nullptr) break;
    }
    if (left != nullptr) others += static_cast<double>(left->distinct) * left->bits;
  }
  double points = 1;
  for (int l = 0; l < space.loop_count; ++l) {
    int moved = 0;
    for (const Tensor* tensor : three) moved += (tensor->loops >> l & 1) != 0 ? 1 : 0;
    if (moved < 2) return;
    points *= static_cast<double>(space.loops[static_cast<std::size_t>(l)].extent);
  }
  for (const Tensor* tensor : three) {
    if (tensor->fixed != 1) return;
  }
  space.product_bits = std::min({three[0]->bits, three[1]->bits, three[2]->bits});
  space.product_points = points;
  space.bits_beside_product = others;
}

}  // namespace

Space prepare(const TilingProblem& problem) {
  assert(problem.nest != nullptr);
  Space space;
  space.problem = problem;
  space.points = problem.nest->points();
  analyse(space);
  add_groups(space);
  add_units(space);
  for (int u = 0; u < space.unit_count; ++u) {
    Unit& unit = space.units[static_cast<std::size_t>(u)];
    note_groups(space, unit);
    if (unit.axis_count > 0) fill_windows(space, unit);
  }
  find_product(space);
  return space;
}

}  // namespace chipcast::tiling
