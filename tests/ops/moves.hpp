// tests/ops/moves.hpp: which element goes where, by walking the nests of an operator that only moves data.
//
//   CHECK(moves_of(applied.work) == Moves{{{0, 0, 1, 3}}, ...});   // output 0's element 1 is input 0's element 3
#pragma once

#include <map>
#include <set>
#include <vector>

#include "ops/apply.hpp"

namespace chipcast {

struct Move {
  int output, input;
  std::int64_t to, from;  // row-major positions
  friend auto operator<=>(const Move&, const Move&) = default;
};
using Moves = std::set<Move>;

// The position that an access touches at the point, -1 outside the tensor.
inline std::int64_t touched(const Access& access, const std::vector<std::int64_t>& point) {
  std::int64_t flat = 0;
  bool inside = true;
  for (std::size_t axis = 0; axis < access.axes.size(); ++axis) {
    std::int64_t index = access.axes[axis].offset();
    for (const AffineTerm& term : access.axes[axis].terms()) {
      index += term.coefficient * point[static_cast<std::size_t>(term.loop)];
    }
    const std::int64_t extent = access.shape.extents()[axis];
    inside = inside && index >= 0 && index < extent;
    flat = flat * extent + index;
  }
  return inside ? flat : -1;
}

template <class Visit>
void for_each_point(const LoopNest& nest, Visit visit) {
  std::vector<std::int64_t> point(nest.loops().size(), 0);
  for (const Loop& loop : nest.loops()) {
    if (loop.extent <= 0) return;
  }
  for (bool more = true; more;) {
    visit(point);
    more = false;
    for (std::size_t l = point.size(); l-- > 0 && !more;) {
      more = ++point[l] < nest.loops()[l].extent;
      if (!more) point[l] = 0;
    }
  }
}

inline Moves moves_of(const Work& work) {
  Moves moves;
  for (const LoopNest& nest : work.nests) {
    for_each_point(nest, [&](const std::vector<std::int64_t>& point) {
      for (const Access& write : nest.accesses()) {
        if (!write.writes || touched(write, point) < 0) continue;
        for (const Access& read : nest.accesses()) {
          if (read.writes || touched(read, point) < 0) continue;
          moves.insert(
              {write.operand.index, read.operand.index, touched(write, point), touched(read, point)});
        }
      }
    });
  }
  return moves;
}

// Distinct elements of every operand, counted point by point, against what the footprints say.
inline bool footprints_are_exact(const Work& work) {
  for (const LoopNest& nest : work.nests) {
    for (const Access& access : nest.accesses()) {
      std::set<std::int64_t> distinct;
      for_each_point(nest, [&](const std::vector<std::int64_t>& point) {
        if (const std::int64_t at = touched(access, point); at >= 0) distinct.insert(at);
      });
      if (static_cast<std::int64_t>(distinct.size()) != footprint(access, nest)) return false;
    }
  }
  return true;
}

// ---- inputs of tests ---------------------------------------------------------------------------------------------------

inline Given tensor(Shape shape, Ints ints, DType dtype = DType::int64) {
  Constant constant{.type = {dtype, std::move(shape)}, .ints = std::move(ints)};
  return {.type = constant.type, .value = std::make_shared<const Constant>(std::move(constant))};
}
inline Given tensor(Shape shape, std::vector<double> reals, DType dtype = DType::float32) {
  Constant constant{.type = {dtype, std::move(shape)}, .reals = std::move(reals)};
  return {.type = constant.type, .value = std::make_shared<const Constant>(std::move(constant))};
}
// 0, 1, 2, ...: every element says where it came from.
inline Given counting(Shape shape) {
  Ints ints;
  for (std::int64_t i = 0; i < shape.elements(); ++i) ints.push_back(i);
  return tensor(std::move(shape), std::move(ints));
}

inline Ints ints_of(const Applied& applied, std::size_t output = 0) {
  return applied.values[output] != nullptr ? applied.values[output]->ints : Ints{-999};
}
inline std::vector<double> reals_of(const Applied& applied, std::size_t output = 0) {
  return applied.values[output] != nullptr ? applied.values[output]->reals : std::vector<double>{-999.0};
}

// What the value says (element i of the output is element value[i] of the input) must be what the nest does.
inline bool nest_moves_as_folded(const Applied& applied) {
  Moves expected;
  for (std::size_t output = 0; output < applied.values.size(); ++output) {
    const Ints from = ints_of(applied, output);
    for (std::size_t i = 0; i < from.size(); ++i) {
      expected.insert({static_cast<int>(output), 0, static_cast<std::int64_t>(i), from[i]});
    }
  }
  return applied.work.is_view || moves_of(applied.work) == expected;
}

// Every shape of rank 0 to `most_rank` with extents 0 to `most_extent`.
inline std::vector<Shape> all_shapes(std::int64_t most_rank, std::int64_t most_extent,
                                     std::int64_t least_extent = 0) {
  std::vector<Shape> shapes = {Shape()};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].rank() == most_rank) continue;
    for (std::int64_t extent = least_extent; extent <= most_extent; ++extent) {
      Shape longer = shapes[i];
      longer.push_back(extent);
      shapes.push_back(longer);
    }
  }
  return shapes;
}

}  // namespace chipcast
