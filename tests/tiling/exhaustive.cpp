#include "exhaustive.hpp"

#include <algorithm>
#include <limits>

namespace chipcast {
namespace {

using Int = std::int64_t;

// Up to here every tile size is tried; beyond, the smallest of each count.
constexpr double most_schedules = 5e7;

// How a tensor depends on one loop, or on two that meet in an axis: by their tiles.
struct Factor {
  int first = -1, second = -1;
  struct Width {
    double sum = 0, widest = 0;
  };
  std::vector<std::vector<Width>> table = {};
};

struct Reference {
  const FusedNest& fused;
  std::vector<std::vector<Int>> tiles = {};  // of each loop: the whole of it, then ever smaller
  struct TensorFactors {
    bool writes = false;
    double bits = 0, partial_bits = 0, distinct = 1;
    std::vector<bool> moved_by = {};
    std::vector<Factor> factors = {};
  };
  std::vector<TensorFactors> tensors = {};

  Reference(const FusedNest& f, const std::vector<ElementBits>& bits) : fused(f) {
    double schedules = 1;
    for (std::size_t l = 0; l < fused.extents.size(); ++l) {
      schedules *= static_cast<double>(fused.extents[l]) * static_cast<double>(l + 1);
    }
    for (const Int extent : fused.extents) {
      tiles.emplace_back();
      for (Int tile = extent; tile >= 1; --tile) {
        const Int count = (extent + tile - 1) / tile;
        const bool is_smallest = tile == 1 || (extent + tile - 2) / (tile - 1) > count;
        if (is_smallest || schedules <= most_schedules) tiles.back().push_back(tile);
      }
    }
    for (std::size_t i = 0; i < fused.nest->accesses().size(); ++i) add_tensor(i, bits[i]);
  }

  void add_tensor(std::size_t index, ElementBits bits) {
    const Access& access = fused.nest->accesses()[index];
    TensorFactors tensor{.writes = access.writes, .bits = static_cast<double>(bits.bits)};
    tensor.partial_bits = bits.partial_bits > 0 ? bits.partial_bits : bits.bits;
    tensor.distinct = static_cast<double>(footprint(access, *fused.nest));
    tensor.moved_by.assign(fused.extents.size(), false);
    for (std::size_t axis = 0; axis < access.axes.size(); ++axis) {
      std::vector<int> loops;
      for (const AffineTerm& term : access.axes[axis].terms()) {
        for (std::size_t f = 0; f < fused.members.size(); ++f) {
          if (std::ranges::find(fused.members[f], term.loop) != fused.members[f].end()) {
            loops.push_back(static_cast<int>(f));
          }
        }
      }
      if (loops.empty()) continue;
      const auto first = static_cast<std::size_t>(loops[0]);
      if (loops.size() == 1 && fused.members[first].size() > 1) {
        if (!tensor.moved_by[first]) tensor.factors.push_back(fused_factor(loops[0]));
      } else {
        tensor.factors.push_back(axis_factor(access, axis, loops));
      }
      for (const int loop : loops) tensor.moved_by[static_cast<std::size_t>(loop)] = true;
    }
    tensors.push_back(std::move(tensor));
  }

  Factor fused_factor(int loop) const {
    const auto at = static_cast<std::size_t>(loop);
    Factor factor{.first = loop};
    for (const Int tile : tiles[at]) {
      factor.table.push_back({{static_cast<double>(fused.extents[at]), static_cast<double>(tile)}});
    }
    return factor;
  }

  Factor axis_factor(const Access& access, std::size_t axis, const std::vector<int>& loops) const {
    const Access alone{
        access.operand, access.writes, Shape{access.shape[static_cast<Int>(axis)]}, {access.axes[axis]}};
    Factor factor{.first = loops[0], .second = loops.size() > 1 ? loops[1] : -1};
    const auto a = static_cast<std::size_t>(factor.first);
    const std::vector<Int> whole = {1};
    const std::vector<Int>& second =
        factor.second < 0 ? whole : tiles[static_cast<std::size_t>(factor.second)];
    const Int extent_b = factor.second < 0 ? 1 : fused.extents[static_cast<std::size_t>(factor.second)];
    for (const Int tile_a : tiles[a]) {
      factor.table.emplace_back();
      for (const Int tile_b : second) {
        Factor::Width width;
        for (Int i = 0; i < fused.extents[a]; i += tile_a) {
          for (Int j = 0; j < extent_b; j += tile_b) {
            std::vector<LoopRange> range(fused.nest->loops().size());
            range[static_cast<std::size_t>(fused.members[a][0])] = {i,
                                                                    std::min(tile_a, fused.extents[a] - i)};
            if (factor.second >= 0) {
              const int member = fused.members[static_cast<std::size_t>(factor.second)][0];
              range[static_cast<std::size_t>(member)] = {j, std::min(tile_b, extent_b - j)};
            }
            const auto elements = static_cast<double>(footprint(alone, range));
            width.sum += elements;
            width.widest = std::max(width.widest, elements);
          }
        }
        factor.table.back().push_back(width);
      }
    }
    return factor;
  }

  Exhausted search(double capacity_bits, bool double_buffered) const {
    Exhausted best{.moved_bits = std::numeric_limits<double>::infinity()};
    const std::size_t loops = fused.extents.size();
    std::vector<std::size_t> at(loops, 0);
    std::vector<double> sums(tensors.size());
    for (;;) {
      double room = 0;
      for (std::size_t t = 0; t < tensors.size(); ++t) {
        const TensorFactors& tensor = tensors[t];
        double widest = 1;
        sums[t] = 1;
        for (const Factor& factor : tensor.factors) {
          const std::size_t second = factor.second < 0 ? 0 : at[static_cast<std::size_t>(factor.second)];
          const Factor::Width& width = factor.table[at[static_cast<std::size_t>(factor.first)]][second];
          widest *= width.widest;
          sums[t] *= width.sum;
        }
        bool moved = false, adds_up = false;
        for (std::size_t l = 0; l < loops; ++l) {
          if (at[l] == 0) continue;
          (tensor.moved_by[l] ? moved : adds_up) = true;
        }
        const double held = tensor.writes && adds_up ? tensor.partial_bits : tensor.bits;
        room += widest * held * (double_buffered && moved ? 2 : 1);
      }
      if (room <= capacity_bits) try_orders(at, sums, best);
      std::size_t l = 0;
      while (l < loops && ++at[l] == tiles[l].size()) at[l++] = 0;
      if (l == loops) return best;
    }
  }

  void try_orders(const std::vector<std::size_t>& at, const std::vector<double>& sums,
                  Exhausted& best) const {
    std::vector<std::size_t> order;  // innermost first
    for (std::size_t l = 0; l < at.size(); ++l) {
      if (at[l] != 0) order.push_back(l);
    }
    do {
      ++best.tried;
      double bits = 0;
      for (std::size_t t = 0; t < tensors.size(); ++t) {
        const TensorFactors& tensor = tensors[t];
        double elements = sums[t];
        bool moved = false;
        for (const std::size_t l : order) {
          if (tensor.moved_by[l]) {
            moved = true;
          } else if (moved) {
            elements *= static_cast<double>((fused.extents[l] + tiles[l][at[l]] - 1) / tiles[l][at[l]]);
          }
        }
        bits += tensor.writes
                    ? (elements - tensor.distinct) * 2 * tensor.partial_bits + tensor.distinct * tensor.bits
                    : elements * tensor.bits;
      }
      best.moved_bits = std::min(best.moved_bits, bits);
    } while (std::ranges::next_permutation(order).found);
  }
};

}  // namespace

Exhausted exhaust(const FusedNest& fused, const std::vector<ElementBits>& bits, Bytes capacity,
                  bool double_buffered) {
  return Reference(fused, bits).search(8 * static_cast<double>(count_of(capacity)), double_buffered);
}

}  // namespace chipcast
