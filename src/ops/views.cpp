// Operators that move nothing: the output is the input under another name or another shape.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

Work view_work(Inference&) { return view(); }

void output_reshaped(Inference& op, Shape shape) {
  op.output(0, op.dtype(0), shape);
  if (op.failed()) return;
  if (const Constant* x = known(op, 0)) op.output_value(0, reshaped(*x, std::move(shape)));
}

// ---- Reshape --------------------------------------------------------------------------------------------------------

// 0 copies the input's extent (unless allowzero), one -1 takes what is left.
Shape reshape_target(Inference& op, const std::vector<std::int64_t>& wanted) {
  const Shape& from = op.shape(0);
  const bool allow_zero = op.int_or("allowzero", 0) != 0;
  Shape shape;
  std::int64_t inferred = -1;
  std::int64_t rest = 1;
  for (const std::int64_t extent : wanted) {
    const std::int64_t axis = shape.rank();
    if (extent == -1) {
      if (!op.expect(inferred < 0, "the shape to reshape to has more than one -1")) return shape;
      inferred = axis;
      shape.push_back(1);
    } else if (extent == 0 && !allow_zero) {
      if (axis >= from.rank()) {
        op.fail(
            fmt::format("the shape to reshape to copies axis {}, which an input of shape {} does not have",
                        axis, format(from)));
        return shape;
      }
      shape.push_back(from[axis]);
    } else if (extent < 0) {
      op.fail(fmt::format("the shape to reshape to has the extent {}", extent));
      return shape;
    } else {
      shape.push_back(extent);
    }
    if (inferred != axis) rest = saturating_multiply(rest, shape[axis]);
  }
  if (inferred < 0) return shape;
  const std::int64_t elements = from.elements();
  if (rest == 0 || elements % rest != 0) {
    op.fail(fmt::format("the {} elements of shape {} do not divide among the other extents' {}", elements,
                        format(from), rest));
    return shape;
  }
  shape[inferred] = elements / rest;
  return shape;
}

void reshape_rule(Inference& op) {
  Shape shape;
  if (!is_unknown(op, 1)) {
    const auto wanted = list_argument(op, "shape", 1, "the shape to reshape to");
    if (!wanted) {
      op.fail("the shape to reshape to is missing");
      return;
    }
    shape = reshape_target(op, *wanted);
  } else if (op.shape(1) == Shape{1}) {
    shape = Shape{op.shape(0).elements()};  // a vector has but one length
  } else {
    shape = shape_from_data(op, 1, "the shape to reshape to");
  }
  if (!op.failed() && shape.elements() != op.shape(0).elements()) {
    op.fail(fmt::format("shape {} ({} elements) cannot become {} ({} elements)", format(op.shape(0)),
                        op.shape(0).elements(), format(shape), shape.elements()));
  }
  if (!op.failed()) output_reshaped(op, std::move(shape));
}

// ---- Flatten, Squeeze, Unsqueeze --------------------------------------------------------------------------------------

void flatten_rule(Inference& op) {
  const std::int64_t rank = op.rank(0);
  const std::int64_t given = op.int_or("axis", 1);
  const std::int64_t axis = given == rank ? rank : op.normalized_axis(given, rank);
  if (op.failed()) return;
  output_reshaped(op, Shape{op.shape(0).elements(0, axis), op.shape(0).elements(axis, rank)});
}

// The axes to squeeze or insert are data themselves: their number gives the rank.
void reshape_by_unknown_axes(Inference& op, std::int64_t rank) {
  Shape shape = bound_shape(op, rank, "the shape");
  if (!op.failed() && shape.elements() != op.shape(0).elements()) {
    op.fail(fmt::format("shape {} cannot become {}", format(op.shape(0)), format(shape)));
  }
  if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
}

void squeeze_rule(Inference& op) {
  if (is_unknown(op, 1)) {
    reshape_by_unknown_axes(op, op.rank(0) - list_length(op, 1, "the axes to squeeze"));
    return;
  }
  const auto named = list_argument(op, "axes", 1, "the axes to squeeze");
  std::vector<bool> squeezed(static_cast<std::size_t>(op.rank(0)), false);
  if (named) {
    for (const std::int64_t axis : normalized_axes(op, *named, op.rank(0))) {
      if (op.shape(0)[axis] != 1) {
        op.fail(fmt::format("axis {} of shape {} is to be squeezed, but its extent is not 1", axis,
                            format(op.shape(0))));
      }
      squeezed[static_cast<std::size_t>(axis)] = true;
    }
  }
  Shape shape;
  for (std::int64_t axis = 0; axis < op.rank(0); ++axis) {
    const std::int64_t extent = op.shape(0)[axis];
    if (named ? !squeezed[static_cast<std::size_t>(axis)] : extent != 1) shape.push_back(extent);
  }
  if (!op.failed()) output_reshaped(op, std::move(shape));
}

void unsqueeze_rule(Inference& op) {
  if (is_unknown(op, 1)) {
    reshape_by_unknown_axes(op, op.rank(0) + list_length(op, 1, "the axes to insert"));
    return;
  }
  const auto named = list_argument(op, "axes", 1, "the axes to insert");
  if (!named) {
    op.fail("the axes to insert are missing");
    return;
  }
  const std::int64_t rank = op.rank(0) + static_cast<std::int64_t>(named->size());
  std::vector<bool> inserted(static_cast<std::size_t>(rank), false);
  for (const std::int64_t axis : normalized_axes(op, *named, rank))
    inserted[static_cast<std::size_t>(axis)] = true;
  if (op.failed()) return;
  Shape shape;
  std::int64_t from = 0;
  for (const bool is_new : inserted) shape.push_back(is_new ? 1 : op.shape(0)[from++]);
  output_reshaped(op, std::move(shape));
}

// com.microsoft: one axis, at the place that input 1 holds.
void expand_dims_rule(Inference& op) {
  if (is_unknown(op, 1)) {
    reshape_by_unknown_axes(op, op.rank(0) + 1);
    return;
  }
  const auto place = op.required_ints(1, "the axis to insert");
  if (op.failed() || !op.expect(place.size() == 1, "the axis to insert is not one number")) return;
  const std::int64_t axis = op.normalized_axis(place[0], op.rank(0) + 1);
  std::vector<std::int64_t> extents = op.shape(0).extents();
  extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  if (!op.failed()) output_reshaped(op, Shape(std::move(extents)));
}

// ---- Identity, Dropout ------------------------------------------------------------------------------------------------

void identity_rule(Inference& op) { output_reshaped(op, op.shape(0)); }

// Only a known `training_mode` makes it more than a view.
bool drops(const Inference& op) { return known_int(op, 2).value_or(0) != 0; }

void dropout_rule(Inference& op) {
  // The mask was of the data's type until opset 10.
  op.output(1, op.opset() < 10 ? op.dtype(0) : DType::boolean, op.shape(0));
  if (drops(op)) {
    op.output(0, op.dtype(0), op.shape(0));
  } else {
    identity_rule(op);
  }
}

// x * mask * 1 / (1 - ratio)
Work dropout_work(Inference& op) {
  return drops(op) ? work_of(pointwise_nest(op, {0}, {.flops = 2})) : view();
}

constexpr OperatorType reshaping(std::string_view name, void (*rule)(Inference&), int most_inputs = 1) {
  return {.name = name,
          .operator_class = OperatorClass::data_movement,
          .most_inputs = most_inputs,
          .rule = rule,
          .work = view_work,
          .roles = {InputRole::data, InputRole::shape}};
}

constexpr OperatorType operators[] = {
    reshaping("Reshape", reshape_rule, 2),
    reshaping("Flatten", flatten_rule),
    reshaping("Squeeze", squeeze_rule, 2),
    reshaping("Unsqueeze", unsqueeze_rule, 2),
    reshaping("Identity", identity_rule),
    {.domain = "com.microsoft",
     .name = "ExpandDims",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = expand_dims_rule,
     .work = view_work,
     .roles = {InputRole::data, InputRole::shape}},
    {.name = "Dropout",
     .operator_class = OperatorClass::elementwise,
     .most_inputs = 3,
     .most_outputs = 2,
     .rule = dropout_rule,
     .work = dropout_work,
     .roles = {InputRole::data, InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> view_operators() { return operators; }

}  // namespace chipcast
