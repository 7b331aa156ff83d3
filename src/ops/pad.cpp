// Pad and CenterCropPad: the input within a larger frame, or a smaller one.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

constexpr std::int64_t largest_padding = std::int64_t{1} << 50;

// ---- Pad ------------------------------------------------------------------------------------------------------------

struct Padding {
  std::vector<std::int64_t> begin, end;  // per axis of the input; negative: elements are cut off
};

bool has_unknown_padding(const Inference& op) { return is_unknown(op, 1) || is_unknown(op, 3); }

std::vector<std::int64_t> padded_axes(Inference& op) {
  if (op.has(3) && !is_unknown(op, 3))
    return normalized_axes(op, op.required_ints(3, "the axes to pad"), op.rank(0));
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 0; axis < op.rank(0); ++axis) axes.push_back(axis);
  return axes;
}

// Input 1 since opset 11, attribute `pads` before, `paddings` in the first opset.
Padding read_padding(Inference& op, const std::vector<std::int64_t>& axes) {
  const auto rank = static_cast<std::size_t>(op.rank(0));
  Padding padding{std::vector<std::int64_t>(rank, 0), std::vector<std::int64_t>(rank, 0)};
  const char* attribute = op.attribute("paddings") != nullptr ? "paddings" : "pads";
  const auto given = list_argument(op, attribute, 1, "the padding");
  if (!given) op.fail("the padding is missing");
  if (op.failed()) return padding;
  if (given->size() != 2 * axes.size()) {
    op.fail(fmt::format("{} paddings for {} axes, expected two an axis", given->size(), axes.size()));
    return padding;
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t begin = (*given)[i];
    const std::int64_t end = (*given)[i + axes.size()];
    for (const std::int64_t pad : {begin, end}) {
      if (pad < -largest_padding || pad > largest_padding)
        op.fail(fmt::format("a padding of {} is too large", pad));
    }
    if (op.failed()) return padding;
    padding.begin[static_cast<std::size_t>(axes[i])] = begin;
    padding.end[static_cast<std::size_t>(axes[i])] = end;
  }
  return padding;
}

// Where element `at` of the padded axis comes from; -1: from the constant.
std::int64_t source_of(std::int64_t at, std::int64_t extent, std::string_view mode) {
  if (at >= 0 && at < extent) return at;
  if (mode == "edge") return at < 0 ? 0 : extent - 1;
  if (mode == "wrap") return (at % extent + extent) % extent;
  if (mode == "reflect") {
    if (extent == 1) return 0;
    const std::int64_t period = 2 * (extent - 1);
    const std::int64_t phase = (at % period + period) % period;
    return phase < extent ? phase : period - phase;
  }
  return -1;
}

void fold_pad(Inference& op, const Padding& padding, const Shape& shape, std::string_view mode) {
  const Constant* x = known(op, 0);
  if (x == nullptr || !foldable(x->type.dtype, shape) || is_unknown(op, 2)) return;
  if (x->size() == 0 && mode != "constant") return;
  Constant fill = zeros(x->type.dtype, Shape{1});
  if (const Constant* given = known(op, 2); given != nullptr && given->size() == 1)
    copy_element(*given, 0, fill, 0);
  if (op.attribute("value") != nullptr) {
    const Constant value = {.type = {DType::float32, Shape{}}, .reals = {op.real_or("value", 0.0)}};
    copy_element(value, 0, fill, 0);
  }
  Constant result = zeros(x->type.dtype, shape);
  Index from(shape.extents().size());
  for_each_index(shape, [&](const Index& at, std::int64_t flat) {
    bool inside = true;
    for (std::size_t axis = 0; axis < at.size(); ++axis) {
      const std::int64_t extent = x->type.shape.extents()[axis];
      from[axis] = source_of(at[axis] - padding.begin[axis], extent, mode);
      inside = inside && from[axis] >= 0;
    }
    copy_element(inside ? *x : fill, inside ? flat_index(x->type.shape, from) : 0, result, flat);
  });
  if (!op.failed()) op.output_value(0, std::move(result));
}

void pad_rule(Inference& op) {
  const std::string mode = op.text_or("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap") {
    op.fail(fmt::format("attribute 'mode' is '{}'; expected constant, reflect, edge or wrap", mode));
  }
  const std::vector<std::int64_t> axes = padded_axes(op);
  Shape shape = op.shape(0);
  if (has_unknown_padding(op)) {
    for (const std::int64_t axis : axes) {
      if (!op.failed()) shape[axis] = op.data_dependent_extent(0, axis, "the padded extent");
    }
    if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
    return;
  }
  const Padding padding = read_padding(op, axes);
  if (op.failed()) return;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    shape[axis] = saturating_add(shape[axis], padding.begin[i] + padding.end[i]);
  }
  op.output(0, op.dtype(0), shape);
  if (!op.failed()) fold_pad(op, padding, shape, mode);
}

// Indices outside the input touch nothing. The other modes touch the same elements there once more, which a
// compulsory footprint does not count.
Work pad_work(Inference& op) {
  LoopNest nest = pointwise_nest(op, {}, {});
  std::vector<Affine> at = nest.accesses().front().axes;
  if (!has_unknown_padding(op)) {
    const Padding padding = read_padding(op, padded_axes(op));
    for (std::size_t axis = 0; axis < at.size(); ++axis) at[axis] = at[axis] - padding.begin[axis];
  }
  nest.read(input_operand(0), op.shape(0), std::move(at));
  return work_of(std::move(nest));
}

// ---- CenterCropPad ----------------------------------------------------------------------------------------------------

std::vector<std::int64_t> centered_axes(Inference& op) {
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 0; axis < op.rank(0); ++axis) axes.push_back(axis);
  return op.attribute("axes") == nullptr ? axes : normalized_axes(op, op.ints_or("axes", {}), op.rank(0));
}

void center_rule(Inference& op) {
  const std::vector<std::int64_t> axes = centered_axes(op);
  Shape shape = op.shape(0);
  if (is_unknown(op, 1)) {
    for (const std::int64_t axis : axes) {
      if (!op.failed()) shape[axis] = op.data_dependent_extent(0, axis, "the target shape");
    }
  } else {
    const std::vector<std::int64_t> target = op.required_ints(1, "the target shape");
    if (target.size() != axes.size())
      op.fail(fmt::format("{} extents for {} axes", target.size(), axes.size()));
    if (op.failed()) return;
    for (std::size_t i = 0; i < axes.size(); ++i) shape[axes[i]] = target[i];
  }
  if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
}

Work center_work(Inference& op) {
  LoopNest nest = pointwise_nest(op, {}, {});
  std::vector<Affine> at = nest.accesses().front().axes;
  for (std::size_t axis = 0; axis < at.size(); ++axis) {
    const std::int64_t from = op.shape(0).extents()[axis];
    const std::int64_t to = op.output_type(0).shape.extents()[axis];
    at[axis] = at[axis] - (to >= from ? (to - from) / 2 : -((from - to) / 2));
  }
  nest.read(input_operand(0), op.shape(0), std::move(at));
  return work_of(std::move(nest));
}

constexpr OperatorType operators[] = {
    {.name = "Pad",
     .operator_class = OperatorClass::data_movement,
     .most_inputs = 4,
     .rule = pad_rule,
     .work = pad_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::data, InputRole::shape}},
    {.name = "CenterCropPad",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = center_rule,
     .work = center_work,
     .roles = {InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> pad_operators() { return operators; }

}  // namespace chipcast
