// Operators about shapes: Shape, Size, Constant, ConstantOfShape, Range.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

Work nothing(Inference&) { return view(); }

// ---- Shape, Size ----------------------------------------------------------------------------------------------------

void shape_rule(Inference& op) {
  const std::int64_t rank = op.rank(0);
  const auto bound = [&](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const std::int64_t start = bound(op.int_or("start", 0));
  const std::int64_t end = std::max(start, bound(op.int_or("end", rank)));
  const auto& extents = op.shape(0).extents();
  op.output_value(0, int_vector({extents.begin() + start, extents.begin() + end}));
}

void size_rule(Inference& op) { op.output_value(0, int_scalar(op.shape(0).elements())); }

// ---- Constant -------------------------------------------------------------------------------------------------------

template <class T>
const T* attribute_as(const Inference& op, std::string_view name) {
  const AttributeValue* value = op.attribute(name);
  return value != nullptr ? std::get_if<T>(value) : nullptr;
}

// A tensor whose elements were read or were too many to be.
void output_tensor(Inference& op, const AttributeValue& value) {
  if (const auto* constant = std::get_if<ConstantPointer>(&value);
      constant != nullptr && *constant != nullptr) {
    op.output(0, (*constant)->type.dtype, (*constant)->type.shape);
    if (!op.failed() && op.output_count() > 0) op.output_values()[0] = *constant;
  } else if (const auto* type = std::get_if<TensorType>(&value)) {
    op.output(0, type->dtype, type->shape);
  } else {
    op.fail("the attribute that holds the constant is not a tensor");
  }
}

void constant_rule(Inference& op) {
  for (const std::string_view name : {"value", "sparse_value"}) {
    if (const AttributeValue* value = op.attribute(name)) {
      output_tensor(op, *value);
      return;
    }
  }
  if (const auto* integer = attribute_as<std::int64_t>(op, "value_int")) {
    op.output_value(0, int_scalar(*integer));
  } else if (const auto* integers = attribute_as<std::vector<std::int64_t>>(op, "value_ints")) {
    op.output_value(0, int_vector(*integers));
  } else if (const auto* real = attribute_as<double>(op, "value_float")) {
    op.output_value(0, {.type = {DType::float32, Shape{}}, .reals = {*real}});
  } else if (const auto* reals = attribute_as<std::vector<double>>(op, "value_floats")) {
    op.output_value(
        0, {.type = {DType::float32, Shape{static_cast<std::int64_t>(reals->size())}}, .reals = *reals});
  } else if (op.attribute("value_string") != nullptr) {
    op.output(0, DType::text, Shape{});
  } else if (const auto* texts = attribute_as<std::vector<std::string>>(op, "value_strings")) {
    op.output(0, DType::text, Shape{static_cast<std::int64_t>(texts->size())});
  } else {
    op.fail("none of the attributes value, value_int, value_float, value_string and their lists is there");
  }
}

// ---- ConstantOfShape --------------------------------------------------------------------------------------------------

void constant_of_shape_rule(Inference& op) {
  Shape shape;
  if (is_unknown(op, 0)) {
    shape = shape_from_data(op, 0, "the shape of the constant");
  } else {
    std::vector<std::int64_t> extents = op.required_ints(0, "the shape of the constant");
    are_extents(op, extents, "the shape of the constant");
    shape = Shape(std::move(extents));
  }
  if (op.failed()) return;
  Constant zero = {.type = {DType::float32, Shape{1}}, .reals = {0.0}};
  const Constant* fill = &zero;
  if (const AttributeValue* value = op.attribute("value")) {
    const auto* given = std::get_if<ConstantPointer>(value);
    fill = given != nullptr ? given->get() : nullptr;
    if (fill == nullptr || fill->size() != 1 || fill->ints.size() + fill->reals.size() != 1) {
      op.fail("attribute 'value' is not a tensor of one element");
      return;
    }
  }
  op.output(0, fill->type.dtype, shape);
  if (op.failed() || !foldable(fill->type.dtype, shape)) return;
  op.output_value(0, rearranged(*fill, shape, [](const Index&) { return 0; }));
}

Work fill_work(Inference& op) { return work_of(pointwise_nest(op, {}, {})); }

// ---- Range ----------------------------------------------------------------------------------------------------------

// ceil((limit - start) / step) elements, none where that is negative.
std::int64_t range_length(Inference& op, const Constant& start, const Constant& limit, const Constant& step) {
  if (start.is_real() || limit.is_real() || step.is_real()) {
    const double length = std::ceil((limit.real(0) - start.real(0)) / step.real(0));
    if (!std::isfinite(length) || length > 0x1p62) {
      op.fail(fmt::format("a range from {} to {} by {} does not end", start.real(0), limit.real(0),
                          step.real(0)));
      return 0;
    }
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::max(length, 0.0)));
  }
  using Wide = __int128;
  if (!op.expect(step.ints[0] != 0, "a range has a step of 0")) return 0;
  const Wide distance =
      step.ints[0] > 0 ? Wide{limit.ints[0]} - start.ints[0] : Wide{start.ints[0]} - limit.ints[0];
  const Wide stride = step.ints[0] > 0 ? Wide{step.ints[0]} : -Wide{step.ints[0]};
  const Wide length = distance <= 0 ? Wide{0} : (distance + stride - 1) / stride;
  return static_cast<std::int64_t>(std::min(length, Wide{saturated}));
}

void range_rule(Inference& op) {
  for (const int input : {0, 1, 2}) {
    if (op.shape(input).elements() == 1) continue;
    op.fail(fmt::format("input {} has shape {}, expected a scalar", input, format(op.shape(input))));
    return;
  }
  const Constant one = {.type = {op.dtype(0), Shape{}}, .ints = {1}, .reals = {1.0}};
  const Constant* start = known(op, 0);
  const Constant* limit = known(op, 1);
  const Constant* step = op.has(2) ? known(op, 2) : &one;  // com.microsoft's may leave it out
  const DType dtype = op.dtype(0);
  if (start == nullptr || limit == nullptr || step == nullptr) {
    op.output(0, dtype, Shape{op.data_dependent_extent(0, 0, "the length of the range")});
    return;
  }
  const Shape shape = {range_length(op, *start, *limit, *step)};
  op.output(0, dtype, shape);
  if (op.failed() || !foldable(dtype, shape)) return;
  Constant result = zeros(dtype, shape);
  for (std::int64_t i = 0; i < shape[0]; ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (result.is_real()) {
      result.reals[k] = rounded(dtype, start->real(0) + static_cast<double>(i) * step->real(0));
    } else if (!start->is_real() && !step->is_real()) {
      // The element lies in [start, limit), so unsigned arithmetic comes out right where i * step alone is too large.
      const auto offset = static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(step->ints[0]);
      const auto element = static_cast<std::int64_t>(static_cast<std::uint64_t>(start->ints[0]) + offset);
      result.ints[k] = wrapped(dtype, element);
    }
  }
  op.output_value(0, std::move(result));
}

constexpr OperatorType range_in(std::string_view domain, int least_inputs) {
  return {.domain = domain,
          .name = "Range",
          .operator_class = OperatorClass::shape,
          .least_inputs = least_inputs,
          .most_inputs = 3,
          .rule = range_rule,
          .work = fill_work,
          .roles = {InputRole::shape, InputRole::shape, InputRole::shape}};
}

constexpr OperatorType operators[] = {
    {.name = "Shape", .operator_class = OperatorClass::shape, .rule = shape_rule, .work = nothing},
    {.name = "Size", .operator_class = OperatorClass::shape, .rule = size_rule, .work = nothing},
    {.name = "Constant",
     .operator_class = OperatorClass::shape,
     .least_inputs = 0,
     .most_inputs = 0,
     .rule = constant_rule,
     .work = nothing},
    {.name = "ConstantOfShape",
     .operator_class = OperatorClass::shape,
     .rule = constant_of_shape_rule,
     .work = fill_work,
     .roles = {InputRole::shape}},
    range_in("", 3),
    range_in("com.microsoft", 2),
};

}  // namespace

std::span<const OperatorType> shape_operators() { return operators; }

}  // namespace chipcast
