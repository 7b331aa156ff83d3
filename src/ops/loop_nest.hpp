// ops/loop_nest.hpp: what an operator does, as loops and one affine projection per tensor it touches.
//
//   LoopNest nest;
//   auto p = nest.loop("p", 112), r = nest.loop("r", 7), k = nest.loop("k", 64), c = nest.loop("c", 3);
//   nest.read(input_operand(0), image_row_shape, {c, p * 2 + r - 3});   // points outside the tensor are padding
//   nest.write(output_operand(0), output_shape, {k, p});
//   nest.each_point({.macs = 1});
//
// FLOPs, compulsory bytes and the footprint of any tile are derived from this and from nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "ops/shape.hpp"

namespace chipcast {

// An index expression: offset + sum of coefficient * loop.
struct AffineTerm {
  int loop = 0;
  std::int64_t coefficient = 1;
};

class Affine {
 public:
  static constexpr std::size_t most_terms = 4;

  Affine() = default;
  Affine(std::int64_t offset) : offset_(offset) {}
  static Affine of_loop(int loop);

  std::span<const AffineTerm> terms() const { return {terms_.data(), count_}; }
  std::int64_t offset() const { return offset_; }

  friend Affine operator+(Affine a, const Affine& b);
  friend Affine operator*(Affine a, std::int64_t factor);
  friend Affine operator-(Affine a, std::int64_t offset) {
    a.offset_ -= offset;
    return a;
  }

 private:
  std::array<AffineTerm, most_terms> terms_{};
  std::size_t count_ = 0;
  std::int64_t offset_ = 0;
};

// Which of the operator's tensors an access touches.
struct Operand {
  bool is_output = false;
  int index = 0;
  friend bool operator==(Operand, Operand) = default;
};
constexpr Operand input_operand(int index) { return {false, index}; }
constexpr Operand output_operand(int index) { return {true, index}; }

struct Loop {
  std::string_view name;  // a literal: "n", "k", "c", "p", "q", "r", "s", ...
  std::int64_t extent = 1;
};

struct Access {
  Operand operand;
  bool writes = false;
  Shape shape;               // of the tensor; indices outside are padding and touch nothing
  std::vector<Affine> axes;  // one per axis of `shape`
};

// What happens at every point of the iteration space.
struct PointWork {
  std::int64_t macs = 0;
  std::int64_t flops = 0;            // beside the MACs
  std::int64_t transcendentals = 0;  // exp, log, tanh, ...: counted apart
};

class LoopNest {
 public:
  // Returns the loop as an index expression.
  Affine loop(std::string_view name, std::int64_t extent);
  void read(Operand operand, const Shape& shape, std::vector<Affine> axes);
  void write(Operand operand, const Shape& shape, std::vector<Affine> axes);
  void each_point(PointWork work) { work_ = work; }

  const std::vector<Loop>& loops() const { return loops_; }
  const std::vector<Access>& accesses() const { return accesses_; }
  const PointWork& work() const { return work_; }

  // Points of the whole iteration space, saturating.
  std::int64_t points() const;

 private:
  std::vector<Loop> loops_;
  std::vector<Access> accesses_;
  PointWork work_;
};

// Distinct elements that `access` touches while each loop l runs over [start[l], start[l] + extent[l]).
// Exact where the axes use disjoint loops (every operator of ours), the product of the axes' counts otherwise.
struct LoopRange {
  std::int64_t start = 0;
  std::int64_t extent = 1;
};
std::int64_t footprint(const Access& access, std::span<const LoopRange> tile);
// ... over the whole iteration space.
std::int64_t footprint(const Access& access, const LoopNest& nest);

}  // namespace chipcast
