// Branch and bound over which loops are split, in what order they run, and how large the tiles are.
//
// For a given set of split loops and a given order, a schedule moves
//   sum over groups of  bits * (sum of tile footprints) * (tile counts of the loops that move others, but not over
//   which the group is kept),
// a product of one factor per unit, and so is the room it takes. Both shrink or grow with every tile, so a partial
// choice bounds what can still come of it, and the last plain loop is solved for instead of tried.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "tiling/per_group.hpp"
#include "tiling/space.hpp"

namespace chipcast::tiling {
namespace {

using Int = std::int64_t;
class Search {
 public:
  Search(const Space& space, double capacity, bool double_buffered)
      : space_(space),
        groups_(space.group_count),
        all_groups_((1u << space.group_count) - 1),
        capacity_(capacity),
        double_buffered_(double_buffered) {
    best_.bits = std::numeric_limits<double>::infinity();
    least_possible_ = space.bits_beside;
    for (int g = 0; g < groups_; ++g) {
      const Group& group = space_.groups[at(g)];
      double elements = group.fixed;
      for (int l = 0; l < space_.loop_count; ++l) {
        if ((group.plain >> l & 1) != 0) elements *= static_cast<double>(space_.loops[at(l)].extent);
      }
      plain_elements_[at(g)] = elements;
      double distinct = elements;
      for (const std::int8_t w : group.windows) {
        if (w < 0) continue;
        const WindowedAxis& window = space_.windows[at(w)];
        const Unit& unit = space_.units[at(space_.loops[at(window.loop_a)].unit)];
        distinct *= unit.window[0][0].sum[at(axis_in(unit, w))];
      }
      once_ += group.bits_once;
      least_possible_ += distinct * group.bits_moved + group.bits_once;
    }
    once_ += space.bits_beside;
  }

  Choice run() {
    // Few split loops first: they tend to move little, and little to beat is what makes the rest quick.
    const int loops = space_.loop_count;
    for (int splits = 0; splits <= loops && best_.bits > least_possible_; ++splits) {
      for (std::uint32_t split = (1u << splits) - 1; split < 1u << loops;) {
        try_split(split);
        if (split == 0) break;
        const std::uint32_t low = split & (0 - split);
        const std::uint32_t ripple = split + low;  // the next larger set of as many loops
        split = ripple | (((split ^ ripple) / low) >> 2);
      }
    }
    return best_;
  }

 private:
  static int axis_in(const Unit& unit, int window) { return unit.axes[0] == window ? 0 : 1; }
  bool is_split(int loop) const { return loop >= 0 && (split_ >> loop & 1) != 0; }
  std::size_t splits_of(const Unit& unit) const {
    return (is_split(unit.loop_a) ? 1U : 0U) + (is_split(unit.loop_b) ? 2U : 0U);
  }

  // Bits per element of room in this set of split loops.
  double held(const Group& group) const {
    const double bits = (group.sums_over & split_) != 0 ? group.bits_held_split : group.bits_held;
    return double_buffered_ && (group.loops & split_) != 0 ? 2 * bits : bits;
  }

  void try_split(std::uint32_t split) {
    split_ = split;
    PerGroup room;
    double least_room = 0;
    for (int g = 0; g < groups_; ++g) {
      const Group& group = space_.groups[at(g)];
      room[at(g)] = held(group) * group.fixed;
      for (std::uint32_t rest = group.plain & ~split; rest != 0; rest &= rest - 1) {
        room[at(g)] *= static_cast<double>(space_.loops[at(std::countr_zero(rest))].extent);
      }
      double least = room[at(g)];
      for (const std::int8_t w : group.windows) {
        if (w < 0) break;
        const Unit& unit = space_.units[at(space_.loops[at(space_.windows[at(w)].loop_a)].unit)];
        least *= unit.least[splits_of(unit)].widest[at(axis_in(unit, w))];
      }
      least_room += least;
    }
    if (least_room > capacity_) return;

    std::uint32_t kinds = 0;
    for (std::uint32_t rest = split; rest != 0; rest &= rest - 1) {
      kinds |= 1u << space_.loops[at(std::countr_zero(rest))].kind;
    }
    if (!space_.orders.empty()) {
      try_orders(space_.orders[kinds], room);
    } else {
      try_orders(orders_of(space_.moved_by_kind, groups_, kinds), room);
    }
  }

  void try_orders(const Orders& orders, const PerGroup& room) {
    for (int i = 0; i < orders.count; ++i) try_order(orders.list[at(i)], room);
  }

  // One unit to choose tiles for, and which groups are moved count_a (count_b) times as often for it.
  struct Step {
    const Unit* unit;
    const std::vector<WindowTile>* windows;
    std::uint32_t repeats_a, repeats_b;
  };

  Step step_for(const Unit& unit) const {
    const auto repeats = [&](int loop, std::uint32_t moved) {
      if (!is_split(loop)) return 0u;
      return all_groups_ & ~moved & ~order_->stays[at(space_.loops[at(loop)].kind)];
    };
    return {&unit, &unit.window[splits_of(unit)], repeats(unit.loop_a, unit.moved_a),
            repeats(unit.loop_b, unit.moved_b)};
  }

  void try_order(const Order& order, const PerGroup& room) {
    order_ = &order;
    PerGroup volume = room, cost;
    for (int g = 0; g < groups_; ++g) cost[at(g)] = plain_elements_[at(g)] * space_.groups[at(g)].bits_moved;
    step_count_ = 0;
    solved_ = nullptr;
    int plain_count = 0;
    std::array<Step, most_loops> plain;
    for (int u = 0; u < space_.unit_count; ++u) {
      const Unit& unit = space_.units[at(u)];
      if (unit.axis_count == 0) {
        if (!is_split(unit.loop_a)) {
          tile_[at(unit.loop_a)] = space_.loops[at(unit.loop_a)].extent;
          continue;
        }
        const Step step = step_for(unit);
        if (step.repeats_a == 0) {
          tile_[at(unit.loop_a)] = 1;  // costs nothing and leaves most room
        } else {
          plain[at(plain_count++)] = step;
        }
        continue;
      }
      const Step step = step_for(unit);
      if (step.windows->size() == 1) {
        apply(step, step.windows->front(), volume, cost);
      } else {
        steps_[at(step_count_++)] = step;
      }
    }
    // Of the plain loops the longest has most tile sizes, so that is the one to solve for.
    for (int i = 0; i < plain_count; ++i) {
      for (int j = i; j > 0 && extent(plain[at(j)]) < extent(plain[at(j - 1)]); --j) {
        std::swap(plain[at(j)], plain[at(j - 1)]);
      }
    }
    for (int i = 0; i < plain_count; ++i) steps_[at(step_count_++)] = plain[at(i)];
    if (plain_count > 0) solved_ = &steps_[at(step_count_ - 1)];

    if (bound_steps(volume, cost)) descend(0, volume, cost);
  }

  // What the steps still to come will at least do, to the room and to the cost of every group. False: too much.
  bool bound_steps(const PerGroup& volume, const PerGroup& cost) {
    least_room_[at(step_count_)].fill(1);
    for (int s = step_count_ - 1; s >= 0; --s) {
      least_room_[at(s)] = least_room_[at(s + 1)];
      const Step& step = steps_[at(s)];
      const Unit::Least& least = step.unit->least[splits_of(*step.unit)];
      for (int i = 0; i < step.unit->axis_count; ++i) {
        multiply(least_room_[at(s)], step.unit->wide[at(i)], least.widest[at(i)]);
      }
    }
    if (sum(groups_, volume, least_room_[0]) > capacity_) return false;
    // First what needs no look at the tile sizes: most orders end here.
    PerGroup least_at_all = cost;
    for (int s = 0; s < step_count_; ++s) {
      const Step& step = steps_[at(s)];
      const Unit::Least& least = step.unit->least[splits_of(*step.unit)];
      for (int i = 0; i < step.unit->axis_count; ++i)
        multiply(least_at_all, step.unit->wide[at(i)], least.sum[at(i)]);
      multiply(least_at_all, step.repeats_a, 2);
      multiply(least_at_all, step.repeats_b, 2);
    }
    if (sum(groups_, least_at_all, least_room_[at(step_count_)]) + once_ >= best_.bits) return false;
    const PerGroup& factors = least_room_[0];
    least_cost_[at(step_count_)].fill(1);
    for (int s = step_count_ - 1; s >= 0; --s) {
      const Step& step = steps_[at(s)];
      least_cost_[at(s)] = least_cost_[at(s + 1)];
      if (step.unit->axis_count == 0) {
        const Int length = space_.loops[at(step.unit->loop_a)].extent;
        const Int tile = largest(linear(groups_, volume, factors, step.unit->plain_a), length);
        const Int tiles = tile == 0 ? 2 : (length + tile - 1) / tile;
        const auto count = static_cast<double>(tiles);
        multiply(least_cost_[at(s)], step.repeats_a, count);
        continue;
      }
      bound_window(step, volume, factors, least_cost_[at(s)]);
    }
    // The last two steps as a pair, see pair_bound.
    has_pair_ = step_count_ >= 2 && steps_[at(step_count_ - 1)].unit->axis_count == 0 &&
                steps_[at(step_count_ - 2)].unit->axis_count == 0;
    if (!has_pair_) return true;
    for (int s = 0; s <= step_count_ - 2; ++s) {
      for (int g = 0; g < groups_; ++g) {
        cost_before_pair_[at(s)][at(g)] = least_cost_[at(s)][at(g)] / least_cost_[at(step_count_ - 2)][at(g)];
      }
    }
    return true;
  }

  // Of the window's tiles that fit at all, the least each could cost each group.
  void bound_window(const Step& step, const PerGroup& volume, const PerGroup& factors,
                    PerGroup& least_cost) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Unit::Least& narrowest = step.unit->least[splits_of(*step.unit)];
    PerGroup least;
    least.fill(infinity);
    for (const WindowTile& tile : *step.windows) {
      PerGroup here = volume, cost;
      cost.fill(1);
      for (int i = 0; i < step.unit->axis_count; ++i) {
        multiply(here, step.unit->wide[at(i)], tile.widest[at(i)] / narrowest.widest[at(i)]);
        multiply(cost, step.unit->wide[at(i)], tile.sum[at(i)]);
      }
      if (is_split(step.unit->loop_a)) multiply(here, step.unit->plain_a, static_cast<double>(tile.tile_a));
      if (is_split(step.unit->loop_b)) multiply(here, step.unit->plain_b, static_cast<double>(tile.tile_b));
      if (sum(groups_, here, factors) * (1 - 1e-9) > capacity_) continue;  // the quotient rounds
      multiply(cost, step.repeats_a, tile.count_a);
      multiply(cost, step.repeats_b, tile.count_b);
      for (int g = 0; g < groups_; ++g) least[at(g)] = std::min(least[at(g)], cost[at(g)]);
    }
    for (int g = 0; g < groups_; ++g) least_cost[at(g)] *= least[at(g)];
  }

  // Tiles x and y of the last two loops (of N and M iterations) have to fit: a + b x + c y + d x y <= capacity, so
  // d z + 2 sqrt(b c z) <= capacity - a for z = x y. Then the counts u, v have a product of at least N M / z, and the
  // cost e + f u + g v + h u v is at least e + 2 sqrt(f g u v) + h u v.
  double pair_bound(int s, const PerGroup& volume, const PerGroup& cost) const {
    const Step& x = steps_[at(step_count_ - 2)];
    const Step& y = steps_[at(step_count_ - 1)];
    const Pair room = pair(groups_, volume, least_room_[at(s)], x.unit->plain_a, y.unit->plain_a);
    const Pair bits = pair(groups_, cost, cost_before_pair_[at(s)], x.repeats_a, y.repeats_a);
    const double spare = capacity_ - room.none;
    const double cross = room.first * room.second;
    double root = 0;  // of the largest z
    if (room.both > 0) {
      root = (std::sqrt(cross + room.both * spare) - std::sqrt(cross)) / room.both;
    } else if (cross > 0) {
      root = spare / (2 * std::sqrt(cross));
    } else {
      return 0;
    }
    const double counts = static_cast<double>(space_.loops[at(x.unit->loop_a)].extent) *
                          static_cast<double>(space_.loops[at(y.unit->loop_a)].extent) / (root * root);
    const double bound = bits.none + 2 * std::sqrt(bits.first * bits.second * counts) + bits.both * counts;
    return bound * (1 - 1e-9);  // roots round
  }

  static Int extent(const Step& step) {
    return step.unit->plain.front().tile;
  }  // half of it: as good to compare

  void apply(const Step& step, const WindowTile& tile, PerGroup& volume, PerGroup& cost) {
    const Unit& unit = *step.unit;
    for (int i = 0; i < unit.axis_count; ++i) {
      multiply(volume, step.unit->wide[at(i)], tile.widest[at(i)]);
      multiply(cost, step.unit->wide[at(i)], tile.sum[at(i)]);
    }
    if (is_split(unit.loop_a)) multiply(volume, step.unit->plain_a, static_cast<double>(tile.tile_a));
    if (is_split(unit.loop_b)) multiply(volume, step.unit->plain_b, static_cast<double>(tile.tile_b));
    multiply(cost, step.repeats_a, tile.count_a);
    multiply(cost, step.repeats_b, tile.count_b);
    tile_[at(unit.loop_a)] = tile.tile_a;
    if (unit.loop_b >= 0) tile_[at(unit.loop_b)] = tile.tile_b;
  }

  void descend(int s, const PerGroup& volume, const PerGroup& cost) {
    if (sum(groups_, volume, least_room_[at(s)]) > capacity_) return;
    if (sum(groups_, cost, least_cost_[at(s)]) + once_ >= best_.bits) return;
    if (has_pair_ && s <= step_count_ - 2 && pair_bound(s, volume, cost) + once_ >= best_.bits) return;
    if (s == step_count_) {
      record(cost);
      return;
    }
    const Step& step = steps_[at(s)];
    if (&step == solved_) {
      solve(step, volume, cost);
      return;
    }
    if (step.unit->axis_count > 0) {
      for (const WindowTile& tile : *step.windows) {
        PerGroup next_volume = volume, next_cost = cost;
        apply(step, tile, next_volume, next_cost);
        descend(s + 1, next_volume, next_cost);
      }
      return;
    }
    const Linear room = linear(groups_, volume, least_room_[at(s + 1)], step.unit->plain_a);
    const Linear bits = linear(groups_, cost, least_cost_[at(s + 1)], step.repeats_a);
    for (const PlainTile& tile : step.unit->plain) {
      if (room.fixed + room.slope * static_cast<double>(tile.tile) > capacity_) continue;
      if (bits.fixed + bits.slope * static_cast<double>(tile.count) + once_ >= best_.bits) break;
      PerGroup next_volume = volume, next_cost = cost;
      multiply(next_volume, step.unit->plain_a, static_cast<double>(tile.tile));
      multiply(next_cost, step.repeats_a, static_cast<double>(tile.count));
      tile_[at(step.unit->loop_a)] = tile.tile;
      descend(s + 1, next_volume, next_cost);
    }
  }

  // The last loop: the fewest tiles that fit.
  void solve(const Step& step, const PerGroup& volume, PerGroup cost) {
    const int loop = step.unit->loop_a;
    const Int length = space_.loops[at(loop)].extent;
    const Linear room = linear(groups_, volume, least_room_[at(step_count_)], step.unit->plain_a);
    const Int tile = largest(room, length);
    if (tile == 0) return;
    const Int count = (length + tile - 1) / tile;
    multiply(cost, step.repeats_a, static_cast<double>(count));
    tile_[at(loop)] = (length + count - 1) / count;
    record(cost);
  }

  // Of those that split a loop of this length; 0: none fits.
  Int largest(const Linear& room, Int length) const {
    const Int most = (length + 1) / 2;
    const double spare = capacity_ - room.fixed;
    if (room.slope * static_cast<double>(most) <= spare) return most;
    if (!(room.slope <= spare)) return 0;
    Int tile = static_cast<Int>(spare / room.slope);
    // The division rounds; the comparison everywhere else is by product.
    while (room.slope * static_cast<double>(tile + 1) <= spare) ++tile;
    while (tile > 1 && room.slope * static_cast<double>(tile) > spare) --tile;
    return std::clamp<Int>(tile, 1, most);
  }

  void record(const PerGroup& cost) {
    double bits = once_;
    for (int g = 0; g < groups_; ++g) bits += cost[at(g)];
    if (bits >= best_.bits) return;
    best_.fits = true;
    best_.bits = bits;
    best_.split = split_;
    best_.tile = tile_;
    best_.order = *order_;
  }

  const Space& space_;
  const int groups_;
  const std::uint32_t all_groups_;
  const double capacity_;
  const bool double_buffered_;
  double once_ = 0, least_possible_ = 0;
  PerGroup plain_elements_ = {};
  Choice best_;

  // Of the set of split loops and the order at hand.
  std::uint32_t split_ = 0;
  const Order* order_ = nullptr;
  int step_count_ = 0;
  std::array<Step, most_loops> steps_;
  const Step* solved_ = nullptr;
  std::array<PerGroup, most_loops + 1> least_room_, least_cost_, cost_before_pair_;
  bool has_pair_ = false;
  std::array<Int, most_loops> tile_ = {};
};

}  // namespace

Choice search(const Space& space, double capacity_bits, bool double_buffered) {
  return Search(space, capacity_bits, double_buffered).run();
}

}  // namespace chipcast::tiling
