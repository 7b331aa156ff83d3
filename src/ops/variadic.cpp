// Sum, Mean, Min and Max over any number of operands that broadcast.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// Evaluating stays linear in the file: no shape computation has more operands than this.
constexpr int most_folded_inputs = 256;

std::int64_t combine(std::string_view name, std::int64_t a, std::int64_t b) {
  if (name == "Min") return std::min(a, b);
  if (name == "Max") return std::max(a, b);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

double combine(std::string_view name, double a, double b) {
  if (name == "Sum" || name == "Mean") return a + b;
  if (std::isnan(a) || std::isnan(b)) return std::nan("");
  return name == "Min" ? std::min(a, b) : std::max(a, b);
}

void fold(Inference& op, const Shape& shape) {
  const DType dtype = op.dtype(0);
  const std::string_view name = op.type().name;
  if (op.input_count() > most_folded_inputs || !foldable(dtype, shape) || !all_known(op)) return;
  Constant result = zeros(dtype, shape);
  for_each_index(shape, [&](const Index& at, std::int64_t flat) {
    const auto k = static_cast<std::size_t>(flat);
    for (int input = 0; input < op.input_count(); ++input) {
      if (!op.has(input)) continue;
      const Constant& operand = *known(op, input);
      const std::int64_t i = broadcast_index(operand.type.shape, at);
      if (input == 0) {
        copy_element(operand, i, result, flat);
      } else if (result.is_real()) {
        result.reals[k] = rounded(dtype, combine(name, result.reals[k], operand.real(i)));
      } else if (!operand.is_real()) {
        result.ints[k] =
            wrapped(dtype, combine(name, result.ints[k], operand.ints[static_cast<std::size_t>(i)]));
      }
    }
    if (name == "Mean" && result.is_real())
      result.reals[k] = rounded(dtype, result.reals[k] / op.input_count());
  });
  op.output_value(0, std::move(result));
}

void variadic_rule(Inference& op) {
  Shape shape = op.shape(0);
  for (int input = 1; input < op.input_count(); ++input) {
    const auto wider = broadcast(shape, op.shape(input));
    if (!wider) {
      op.fail(fmt::format("input {} of shape {} does not broadcast with shape {}", input,
                          format(op.shape(input)), format(shape)));
      return;
    }
    shape = *wider;
  }
  op.output(0, op.dtype(0), shape);
  if (!op.failed()) fold(op, shape);
}

Work variadic_work(Inference& op) {
  const std::int64_t division = op.type().name == "Mean" ? 1 : 0;
  return work_of(pointwise_nest(op, {.flops = std::max(0, op.input_count() - 1) + division}));
}

constexpr OperatorType variadic(std::string_view name) {
  return {.name = name,
          .operator_class = OperatorClass::elementwise,
          .most_inputs = any_number,
          .rule = variadic_rule,
          .work = variadic_work};
}

constexpr OperatorType operators[] = {variadic("Sum"), variadic("Mean"), variadic("Min"), variadic("Max")};

}  // namespace

std::span<const OperatorType> variadic_operators() { return operators; }

}  // namespace chipcast
