#include "oracle.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace chipcast {
namespace {

using Int = std::int64_t;

// A tensor's element at a point of the nest; -1: padding.
Int element_at(const Access& access, const std::vector<Int>& point) {
  Int flat = 0;
  for (std::size_t axis = 0; axis < access.axes.size(); ++axis) {
    Int index = access.axes[axis].offset();
    for (const AffineTerm& term : access.axes[axis].terms()) {
      index += term.coefficient * point[static_cast<std::size_t>(term.loop)];
    }
    const Int size = access.shape[static_cast<Int>(axis)];
    if (index < 0 || index >= size) return -1;
    flat = flat * size + index;
  }
  return flat;
}

// A point of the nest from a point of the fused loops.
std::vector<Int> unfold(const FusedNest& fused, const std::vector<Int>& at) {
  std::vector<Int> point(fused.nest->loops().size(), 0);
  for (std::size_t f = 0; f < fused.members.size(); ++f) {
    Int rest = at[f];
    for (std::size_t m = fused.members[f].size(); m-- > 0;) {
      const auto loop = static_cast<std::size_t>(fused.members[f][m]);
      const Int extent = fused.nest->loops()[loop].extent;
      point[loop] = rest % extent;
      rest /= extent;
    }
  }
  return point;
}

bool moves(const FusedNest& fused, const Access& access, std::size_t f) {
  for (const Affine& axis : access.axes) {
    for (const AffineTerm& term : axis.terms()) {
      if (term.coefficient != 0 && std::ranges::find(fused.members[f], term.loop) != fused.members[f].end())
        return true;
    }
  }
  return false;
}

// Calls `visit` with every index vector below `counts`, the entries of `order` counting slowest first.
template <class Visit>
void for_each(const std::vector<Int>& counts, const std::vector<int>& order, Visit visit) {
  std::vector<Int> at(counts.size(), 0);
  for (;;) {
    visit(at);
    std::size_t i = order.size();
    for (; i > 0; --i) {
      const auto loop = static_cast<std::size_t>(order[i - 1]);
      if (++at[loop] < counts[loop]) break;
      at[loop] = 0;
    }
    if (i == 0) return;
  }
}

std::vector<int> natural_order(std::size_t loops) {
  std::vector<int> order(loops);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace

FusedNest fuse(const LoopNest& nest, const Tiling& tiling) {
  FusedNest fused{.nest = &nest, .members = {}, .extents = {}};
  for (int l = 0; l < tiling.loop_count; ++l) {
    const TiledLoop& loop = tiling.loops[static_cast<std::size_t>(l)];
    std::vector<int> members;
    for (int i = 0; i < 32; ++i) {
      if ((loop.nest_loops >> i & 1) != 0) members.push_back(i);
    }
    fused.members.push_back(members);
    fused.extents.push_back(loop.extent);
  }
  return fused;
}

FusedNest unfused(const LoopNest& nest) {
  FusedNest fused{.nest = &nest, .members = {}, .extents = {}};
  for (std::size_t l = 0; l < nest.loops().size(); ++l) {
    if (nest.loops()[l].extent == 1) continue;
    fused.members.push_back({static_cast<int>(l)});
    fused.extents.push_back(nest.loops()[l].extent);
  }
  return fused;
}

Walked walk(const FusedNest& fused, const std::vector<Int>& tile, const std::vector<int>& order,
            const std::vector<ElementBits>& bits) {
  const std::size_t loops = fused.extents.size();
  std::vector<Int> counts(loops);
  for (std::size_t l = 0; l < loops; ++l) counts[l] = (fused.extents[l] + tile[l] - 1) / tile[l];

  Walked result;
  for (std::size_t i = 0; i < fused.nest->accesses().size(); ++i) {
    const Access& access = fused.nest->accesses()[i];
    const Int final_bits = bits[i].bits;
    const Int partial_bits = access.writes && bits[i].partial_bits > 0 ? bits[i].partial_bits : final_bits;
    bool changes = false, adds_up = false;
    for (std::size_t l = 0; l < loops; ++l) {
      if (counts[l] == 1) continue;
      const bool moved = moves(fused, access, l);
      changes = changes || moved;
      adds_up = adds_up || !moved;
    }

    std::vector<Int> held_tile;    // the tile on chip, by the indices that move it
    std::set<Int> held;            // its elements
    std::set<Int> written_before;  // results that have left the chip at least once
    std::multiset<Int> writes;     // how often each was written
    std::size_t largest = 0;
    const auto evict = [&] {
      if (access.writes) {
        for (const Int element : held) writes.insert(element);
        written_before.insert(held.begin(), held.end());
      }
      held.clear();
    };
    for_each(counts, order, [&](const std::vector<Int>& at) {
      std::vector<Int> wanted;
      for (std::size_t l = 0; l < loops; ++l) {
        if (moves(fused, access, l)) wanted.push_back(at[l]);
      }
      if (!held_tile.empty() && wanted == held_tile) return;
      if (held_tile.empty() && wanted.empty() && !held.empty()) return;
      evict();
      held_tile = wanted;
      std::vector<Int> sizes(loops);
      for (std::size_t l = 0; l < loops; ++l)
        sizes[l] = std::min(tile[l], fused.extents[l] - at[l] * tile[l]);
      for_each(sizes, natural_order(loops), [&](const std::vector<Int>& inside) {
        std::vector<Int> position(loops);
        for (std::size_t l = 0; l < loops; ++l) position[l] = at[l] * tile[l] + inside[l];
        const Int element = element_at(access, unfold(fused, position));
        if (element >= 0) held.insert(element);
      });
      largest = std::max(largest, held.size());
      for (const Int element : held) {
        if (!access.writes) {
          result.moved += final_bits;
        } else if (written_before.contains(element)) {
          result.moved += partial_bits;
        }
      }
    });
    evict();
    for (const Int element : written_before) {
      result.moved += static_cast<Int>(writes.count(element) - 1) * partial_bits + final_bits;
    }
    // Results are partial on chip where a sum is split, or where two tiles overlap.
    for (const Int element : written_before) adds_up = adds_up || (changes && writes.count(element) > 1);
    const Int each = access.writes && adds_up ? partial_bits : final_bits;
    result.room += static_cast<Int>(largest) * each;
    result.doubled_room += static_cast<Int>(largest) * each * (changes ? 2 : 1);
  }
  return result;
}

Best best(const FusedNest& fused, const std::vector<ElementBits>& bits,
          const std::vector<Int>& capacities_bits) {
  Best least;
  least.single.resize(capacities_bits.size());
  least.doubled.resize(capacities_bits.size());
  const auto improve = [](std::optional<Int>& best_yet, Int moved) {
    if (!best_yet || moved < *best_yet) best_yet = moved;
  };
  const std::size_t loops = fused.extents.size();
  for_each(fused.extents, natural_order(loops), [&](const std::vector<Int>& at) {
    std::vector<Int> tile(loops);
    for (std::size_t l = 0; l < loops; ++l) tile[l] = at[l] + 1;
    // Loops that are not split have no place in the order.
    std::vector<int> order;
    for (std::size_t l = 0; l < loops; ++l) {
      if (tile[l] < fused.extents[l]) order.push_back(static_cast<int>(l));
    }
    do {
      const Walked walked = walk(fused, tile, order, bits);
      for (std::size_t i = 0; i < capacities_bits.size(); ++i) {
        if (walked.room <= capacities_bits[i]) improve(least.single[i], walked.moved);
        if (walked.doubled_room <= capacities_bits[i]) improve(least.doubled[i], walked.moved);
      }
    } while (std::ranges::next_permutation(order).found);
  });
  return least;
}

}  // namespace chipcast
