// Slice: every step-th element of [start, end) along some axes, forwards or backwards.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

struct Cut {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t extent = 0;
};

// Of an axis of `extent`: negative bounds count from its end, and bounds outside are brought to its border.
Cut cut(std::int64_t extent, std::int64_t start, std::int64_t end, std::int64_t step) {
  // A longer step takes no other elements, and one this short cannot overflow.
  const std::int64_t longest = std::max<std::int64_t>(extent, 1);
  step = std::clamp(step, -longest, longest);
  const std::int64_t least = step > 0 ? 0 : -1;
  const std::int64_t most = step > 0 ? extent : extent - 1;
  if (extent == 0) return {0, step, 0};
  start = std::clamp<std::int64_t>(start < 0 ? start + extent : start, 0, most);
  end = std::clamp(end < 0 ? end + extent : end, least, most);
  const std::int64_t distance = step > 0 ? end - start : start - end;
  const std::int64_t stride = std::abs(step);
  return {start, step, distance <= 0 ? 0 : (distance - 1) / stride + 1};
}

bool has_unknown_bounds(const Inference& op) {
  return is_unknown(op, 1) || is_unknown(op, 2) || is_unknown(op, 3) || is_unknown(op, 4);
}

// One per axis of the input; nothing after a complaint.
std::vector<Cut> read_cuts(Inference& op) {
  const Shape& x = op.shape(0);
  std::vector<Cut> cuts;
  for (const std::int64_t extent : x) cuts.push_back({0, 1, extent});
  std::vector<std::int64_t> axes;
  if (is_unknown(op, 3)) {
    for (std::int64_t axis = 0; axis < x.rank(); ++axis) axes.push_back(axis);
  } else if (const auto named = list_argument(op, "axes", 3, "the axes to slice")) {
    axes = normalized_axes(op, *named, x.rank());
  } else {
    // Without axes the bounds are those of the first ones; their number is known even where they are not.
    const auto count =
        op.has(1) ? op.shape(1).elements() : static_cast<std::int64_t>(op.ints_or("starts", {}).size());
    if (count > x.rank()) {
      op.fail(fmt::format("{} bounds for an input of shape {}", count, format(x)));
      return {};
    }
    for (std::int64_t axis = 0; axis < count; ++axis) axes.push_back(axis);
  }
  if (op.failed()) return {};

  if (has_unknown_bounds(op)) {
    for (const std::int64_t axis : axes) {
      const std::int64_t extent = op.data_dependent_extent(0, axis, "the length of the slice");
      if (op.failed()) return {};
      if (extent < 0 || extent > x[axis]) {
        op.fail(fmt::format("a slice of {} elements does not fit into axis {} of shape {}", extent, axis,
                            format(x)));
        return {};
      }
      cuts[static_cast<std::size_t>(axis)].extent = extent;
    }
    return cuts;
  }

  const auto starts = list_argument(op, "starts", 1, "the starts of the slice").value_or(Index{});
  const auto ends = list_argument(op, "ends", 2, "the ends of the slice").value_or(Index{});
  const auto steps = list_argument(op, "steps", 4, "the steps of the slice").value_or(Index(axes.size(), 1));
  if (op.failed()) return {};
  if (starts.size() != axes.size() || ends.size() != axes.size() || steps.size() != axes.size()) {
    op.fail(fmt::format("{} starts, {} ends and {} steps for {} axes", starts.size(), ends.size(),
                        steps.size(), axes.size()));
    return {};
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!op.expect(steps[i] != 0, "a slice has a step of 0")) return {};
    cuts[static_cast<std::size_t>(axes[i])] = cut(x[axes[i]], starts[i], ends[i], steps[i]);
  }
  return cuts;
}

void slice_rule(Inference& op) {
  const std::vector<Cut> cuts = read_cuts(op);
  if (op.failed()) return;
  Shape shape;
  for (const Cut& cut : cuts) shape.push_back(cut.extent);
  op.output(0, op.dtype(0), shape);
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || has_unknown_bounds(op)) return;
  Index from(cuts.size());
  op.output_value(0, rearranged(*x, shape, [&](const Index& at) {
                    for (std::size_t i = 0; i < cuts.size(); ++i)
                      from[i] = cuts[i].start + at[i] * cuts[i].step;
                    return flat_index(x->type.shape, from);
                  }));
}

Work slice_work(Inference& op) {
  LoopNest nest = pointwise_nest(op, {}, {});
  std::vector<Affine> at = nest.accesses().front().axes;
  // Where the bounds are data, a slice from the front stands for wherever it lies.
  if (!has_unknown_bounds(op)) {
    const std::vector<Cut> cuts = read_cuts(op);
    for (std::size_t i = 0; i < cuts.size(); ++i) at[i] = at[i] * cuts[i].step + cuts[i].start;
  }
  nest.read(input_operand(0), op.shape(0), std::move(at));
  return work_of(std::move(nest));
}

constexpr OperatorType operators[] = {
    {.name = "Slice",
     .operator_class = OperatorClass::data_movement,
     .most_inputs = 5,
     .rule = slice_rule,
     .work = slice_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::shape, InputRole::shape, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> slice_operators() { return operators; }

}  // namespace chipcast
