// Reductions that keep places or prefixes: ArgMax, ArgMin, CumSum.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// ---- ArgMax, ArgMin -------------------------------------------------------------------------------------------------

void fold_place(Inference& op, std::int64_t axis, const Shape& kept, const Shape& shape) {
  const Constant* x = known(op, 0);
  if (x == nullptr || x->size() == 0) return;
  const bool largest = op.type().name == "ArgMax";
  const bool last_wins = op.int_or("select_last_index", 0) != 0;
  const std::int64_t extent = op.shape(0)[axis];
  Constant result = zeros(DType::int64, shape);
  for_each_index(kept, [&](const Index& at, std::int64_t flat) {
    Index from = at;
    std::int64_t best = 0;
    double best_value = 0.0;
    for (std::int64_t i = 0; i < extent; ++i) {
      from[static_cast<std::size_t>(axis)] = i;
      const double value = x->real(flat_index(x->type.shape, from));
      const bool better = largest ? value > best_value : value < best_value;
      if (i == 0 || better || (last_wins && value == best_value)) {
        best = i;
        best_value = value;
      }
    }
    result.ints[static_cast<std::size_t>(flat)] = best;
  });
  op.output_value(0, std::move(result));
}

void place_rule(Inference& op) {
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), op.rank(0));
  if (op.failed()) return;
  Shape kept = op.shape(0);
  kept[axis] = 1;
  Shape shape = kept;
  if (op.int_or("keepdims", 1) == 0) {
    shape = Shape();
    for (std::int64_t i = 0; i < op.rank(0); ++i) {
      if (i != axis) shape.push_back(op.shape(0)[i]);
    }
  }
  op.output(0, DType::int64, shape);
  if (!op.failed()) fold_place(op, axis, kept, shape);
}

Work place_work(Inference& op) {
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), op.rank(0));
  const bool keeps = op.int_or("keepdims", 1) != 0;
  LoopNest nest;
  std::vector<Affine> input;
  std::vector<Affine> output;
  for (std::int64_t i = 0; i < op.rank(0); ++i) {
    input.push_back(nest.loop(i == axis ? "r" : "i", op.shape(0)[i]));
    if (i != axis) {
      output.push_back(input.back());
    } else if (keeps) {
      output.push_back(0);
    }
  }
  nest.read(input_operand(0), op.shape(0), std::move(input));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  nest.each_point({.flops = 1});
  return work_of(std::move(nest));
}

// ---- CumSum ---------------------------------------------------------------------------------------------------------

void fold_prefix(Inference& op, std::int64_t axis) {
  const Constant* x = known(op, 0);
  if (x == nullptr) return;
  const bool reverse = op.int_or("reverse", 0) != 0;
  const bool exclusive = op.int_or("exclusive", 0) != 0;
  const DType dtype = x->type.dtype;
  const std::int64_t extent = op.shape(0)[axis];
  Shape starts = op.shape(0);
  starts[axis] = 1;
  Constant result = zeros(dtype, op.shape(0));
  for_each_index(starts, [&](const Index& at, std::int64_t) {
    Index from = at;
    double real = 0.0;
    std::int64_t integer = 0;
    for (std::int64_t i = 0; i < extent; ++i) {
      from[static_cast<std::size_t>(axis)] = reverse ? extent - 1 - i : i;
      const auto k = static_cast<std::size_t>(flat_index(x->type.shape, from));
      const double real_before = real;
      const std::int64_t integer_before = integer;
      if (x->is_real()) {
        real = rounded(dtype, real + x->reals[k]);
        result.reals[k] = exclusive ? real_before : real;
      } else {
        integer = wrapped(dtype, static_cast<std::int64_t>(static_cast<std::uint64_t>(integer) +
                                                           static_cast<std::uint64_t>(x->ints[k])));
        result.ints[k] = exclusive ? integer_before : integer;
      }
    }
  });
  op.output_value(0, std::move(result));
}

void prefix_rule(Inference& op) {
  op.output(0, op.dtype(0), op.shape(0));
  const auto given = known_int(op, 1);
  if (op.failed() || !given) return;
  const std::int64_t axis = op.normalized_axis(*given, op.rank(0));
  if (!op.failed()) fold_prefix(op, axis);
}

Work prefix_work(Inference& op) { return work_of(pointwise_nest(op, {0}, {.flops = 1})); }

constexpr OperatorType place(std::string_view name) {
  return {.name = name, .operator_class = OperatorClass::reduction, .rule = place_rule, .work = place_work};
}

constexpr OperatorType operators[] = {
    place("ArgMax"),
    place("ArgMin"),
    {.name = "CumSum",
     .operator_class = OperatorClass::reduction,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = prefix_rule,
     .work = prefix_work,
     .roles = {InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> arg_reduction_operators() { return operators; }

}  // namespace chipcast
