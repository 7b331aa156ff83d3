// Tile and Expand: the same elements several times over.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// ---- Tile -----------------------------------------------------------------------------------------------------------

// Input 1 holds the repeats of every axis; in the first opset inputs 1 and 2 are how often and along which axis.
std::vector<std::int64_t> read_repeats(Inference& op) {
  std::vector<std::int64_t> repeats = op.required_ints(1, "how often to repeat");
  if (op.has(2) && !op.failed()) {
    const std::vector<std::int64_t> axis = op.required_ints(2, "the axis to repeat along");
    if (repeats.size() != 1 || axis.size() != 1)
      op.fail("the repeats and their axis are not one number each");
    if (op.failed()) return {};
    const std::int64_t times = repeats[0];
    repeats.assign(static_cast<std::size_t>(op.rank(0)), 1);
    const std::int64_t front = op.normalized_axis(axis[0], op.rank(0));
    if (!op.failed()) repeats[static_cast<std::size_t>(front)] = times;
  }
  if (static_cast<std::int64_t>(repeats.size()) != op.rank(0)) {
    op.fail(fmt::format("{} repeats for an input of shape {}", repeats.size(), format(op.shape(0))));
  }
  are_extents(op, repeats, "the list of repeats");
  return repeats;
}

void tile_rule(Inference& op) {
  Shape shape = op.shape(0);
  if (is_unknown(op, 1) || is_unknown(op, 2)) {
    for (std::int64_t axis = 0; axis < shape.rank() && !op.failed(); ++axis) {
      const std::int64_t whole = op.data_dependent_extent(0, axis, "the repeated extent");
      if (shape[axis] == 0 ? whole != 0 : whole % shape[axis] != 0) {
        op.fail(fmt::format("{} elements are no multiple of axis {} of shape {}", whole, axis,
                            format(op.shape(0))));
      }
      shape[axis] = whole;
    }
    if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
    return;
  }
  const std::vector<std::int64_t> repeats = read_repeats(op);
  if (op.failed()) return;
  for (std::size_t axis = 0; axis < repeats.size(); ++axis) {
    std::int64_t& extent = shape[static_cast<std::int64_t>(axis)];
    extent = saturating_multiply(extent, repeats[axis]);
  }
  op.output(0, op.dtype(0), shape);
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || !foldable(op.dtype(0), shape)) return;
  Index from(repeats.size());
  op.output_value(0, rearranged(*x, shape, [&](const Index& at) {
                    for (std::size_t i = 0; i < at.size(); ++i) from[i] = at[i] % x->type.shape.extents()[i];
                    return flat_index(x->type.shape, from);
                  }));
}

// Two loops an axis, over the copies and within one: affine, unlike the remainder that `at % extent` would be.
Work tile_work(Inference& op) {
  const Shape& from = op.shape(0);
  const Shape& to = op.output_type(0).shape;
  LoopNest nest;
  std::vector<Affine> input;
  std::vector<Affine> output;
  for (std::int64_t axis = 0; axis < from.rank(); ++axis) {
    const Affine copy = nest.loop("copy", from[axis] == 0 ? 0 : to[axis] / from[axis]);
    input.push_back(nest.loop("i", from[axis]));
    output.push_back(copy * from[axis] + input.back());
  }
  nest.read(input_operand(0), from, std::move(input));
  nest.write(output_operand(0), to, std::move(output));
  return work_of(std::move(nest));
}

// ---- Expand ---------------------------------------------------------------------------------------------------------

void expand_rule(Inference& op) {
  Shape target;
  const bool unknown = is_unknown(op, 1);
  if (unknown) {
    // The bound extents are those of the output: as many as the longer of both has.
    const std::int64_t length = op.rank(1) == 0 ? 1 : op.shape(1)[0];
    if (length >= op.rank(0)) {
      target = shape_from_data(op, 1, "the shape to expand to");
    } else {
      for (std::int64_t axis = 0; axis < op.rank(0) && !op.failed(); ++axis) {
        target.push_back(op.data_dependent_extent(0, axis, "the shape to expand to"));
      }
    }
  } else {
    std::vector<std::int64_t> extents = op.required_ints(1, "the shape to expand to");
    are_extents(op, extents, "the shape to expand to");
    target = Shape(std::move(extents));
  }
  if (op.failed()) return;
  const auto shape = broadcast(op.shape(0), target);
  if (!shape) {
    op.fail(fmt::format("shape {} does not expand to {}", format(op.shape(0)), format(target)));
    return;
  }
  op.output(0, op.dtype(0), *shape);
  const Constant* x = known(op, 0);
  if (op.failed() || unknown || x == nullptr || !foldable(op.dtype(0), *shape)) return;
  op.output_value(
      0, rearranged(*x, *shape, [&](const Index& at) { return broadcast_index(x->type.shape, at); }));
}

Work expand_work(Inference& op) { return work_of(pointwise_nest(op, {0}, {})); }

constexpr OperatorType operators[] = {
    {.name = "Tile",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = tile_rule,
     .work = tile_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::shape}},
    {.name = "Expand",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = expand_rule,
     .work = expand_work,
     .roles = {InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> tile_operators() { return operators; }

}  // namespace chipcast
