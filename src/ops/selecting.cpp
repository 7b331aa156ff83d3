// Elementwise operators that choose or convert: Where, Clip, Cast, CastLike.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// ---- Where ----------------------------------------------------------------------------------------------------------

void where_rule(Inference& op) {
  const auto chosen = broadcast(op.shape(1), op.shape(2));
  const auto shape = chosen ? broadcast(op.shape(0), *chosen) : std::nullopt;
  if (!shape) {
    op.fail(fmt::format("shapes {}, {} and {} do not broadcast", format(op.shape(0)), format(op.shape(1)),
                        format(op.shape(2))));
    return;
  }
  op.output(0, op.dtype(1), *shape);
  const Constant* condition = known(op, 0);
  const Constant* yes = known(op, 1);
  const Constant* no = known(op, 2);
  if (op.failed() || condition == nullptr || yes == nullptr || no == nullptr ||
      !foldable(op.dtype(1), *shape))
    return;
  Constant result = zeros(op.dtype(1), *shape);
  for_each_index(*shape, [&](const Index& at, std::int64_t flat) {
    const Constant& from = condition->real(broadcast_index(op.shape(0), at)) != 0.0 ? *yes : *no;
    copy_element(from, broadcast_index(from.type.shape, at), result, flat);
  });
  op.output_value(0, std::move(result));
}

// One selection an element.
Work where_work(Inference& op) { return work_of(pointwise_nest(op, {0, 1, 2}, {.flops = 1})); }

// ---- Clip -----------------------------------------------------------------------------------------------------------

bool has_bound(const Inference& op, std::string_view attribute, int input) {
  return op.has(input) || op.attribute(attribute) != nullptr;
}

void clip_rule(Inference& op) {
  op.output(0, op.dtype(0), op.shape(0));
  for (const int bound : {1, 2}) {
    if (!op.has(bound) || op.shape(bound).elements() == 1) continue;
    op.fail(fmt::format("the {} (input {}) has shape {}, expected a scalar",
                        bound == 1 ? "minimum" : "maximum", bound, format(op.shape(bound))));
  }
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || !all_known(op)) return;
  Constant result = *x;
  const auto clip_to = [&](int input, std::string_view attribute, bool from_below) {
    if (!has_bound(op, attribute, input)) return;
    const Constant* bound = known(op, input);
    const double limit = bound != nullptr ? bound->real(0) : op.real_or(attribute, 0.0);
    for (double& value : result.reals) value = from_below ? std::max(value, limit) : std::min(value, limit);
    const std::int64_t whole =
        bound != nullptr && !bound->is_real() ? bound->ints[0] : truncated(DType::int64, limit);
    for (std::int64_t& value : result.ints)
      value = from_below ? std::max(value, whole) : std::min(value, whole);
  };
  clip_to(1, "min", true);
  clip_to(2, "max", false);
  if (!op.failed()) op.output_value(0, std::move(result));
}

// One comparison a bound: ReLU6 is two.
Work clip_work(Inference& op) {
  const std::int64_t bounds = std::int64_t{has_bound(op, "min", 1)} + std::int64_t{has_bound(op, "max", 2)};
  return work_of(pointwise_nest(op, {0, 1, 2}, {.flops = bounds}));
}

// ---- Cast -----------------------------------------------------------------------------------------------------------

// Before opset 6 the type was named by a string: "FLOAT", "INT64".
DType cast_target(Inference& op) {
  const AttributeValue* to = op.attribute("to");
  const auto* text = to != nullptr ? std::get_if<std::string>(to) : nullptr;
  if (text == nullptr) {
    op.required_int("to");
    return dtype_argument(op, "to", DType::undefined);
  }
  std::string lower = *text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower == "float") return DType::float32;
  if (lower == "double") return DType::float64;
  if (const auto dtype = dtype_named(lower)) return *dtype;
  op.fail(fmt::format("attribute 'to' is '{}', which is not an element type", *text));
  return DType::undefined;
}

void cast_to(Inference& op, DType dtype) {
  op.output(0, dtype, op.shape(0));
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || !foldable(dtype, op.shape(0))) return;
  Constant result = zeros(dtype, op.shape(0));
  for (std::int64_t i = 0; i < x->size(); ++i) copy_element(*x, i, result, i);
  op.output_value(0, std::move(result));
}

void cast_rule(Inference& op) { cast_to(op, cast_target(op)); }
void cast_like_rule(Inference& op) { cast_to(op, op.dtype(1)); }

// A conversion is no arithmetic; to the type it already has it is none at all.
Work cast_work(Inference& op) {
  if (op.output_type(0).dtype == op.dtype(0)) return view();
  return work_of(pointwise_nest(op, {0}, {}));
}

constexpr OperatorType operators[] = {
    {.name = "Where",
     .operator_class = OperatorClass::elementwise,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = where_rule,
     .work = where_work},
    {.name = "Clip",
     .operator_class = OperatorClass::activation,
     .most_inputs = 3,
     .rule = clip_rule,
     .work = clip_work},
    {.name = "Cast", .operator_class = OperatorClass::elementwise, .rule = cast_rule, .work = cast_work},
    {.name = "CastLike",
     .operator_class = OperatorClass::elementwise,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = cast_like_rule,
     .work = cast_work},
};

}  // namespace

std::span<const OperatorType> selecting_operators() { return operators; }

}  // namespace chipcast
