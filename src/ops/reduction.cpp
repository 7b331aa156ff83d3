// ReduceSum and its relatives: axes folded by a sum, a product or an extremum.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

struct Reduction {
  std::string_view name;
  PointWork each;    // per input element
  PointWork result;  // per output element
  // Evaluation: start, then next for every element, then last with the number of elements.
  double start = 0.0;
  double (*next)(double, double) = nullptr;
  double (*last)(double, double) = nullptr;
};

double plus(double sum, double x) { return sum + x; }
double plus_square(double sum, double x) { return sum + x * x; }
double plus_absolute(double sum, double x) { return sum + std::abs(x); }
double plus_exponential(double sum, double x) { return sum + std::exp(x); }
double itself(double sum, double) { return sum; }

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Reduction reductions[] = {
    {"ReduceSum", {.flops = 1}, {}, 0.0, plus, itself},
    {"ReduceMean",
     {.flops = 1},
     {.flops = 1},
     0.0,
     plus,
     [](double sum, double count) { return sum / count; }},
    {"ReduceMax", {.flops = 1}, {}, -infinity, [](double a, double x) { return std::max(a, x); }, itself},
    {"ReduceMin", {.flops = 1}, {}, infinity, [](double a, double x) { return std::min(a, x); }, itself},
    {"ReduceProd", {.flops = 1}, {}, 1.0, [](double a, double x) { return a * x; }, itself},
    {"ReduceL1", {.flops = 2}, {}, 0.0, plus_absolute, itself},
    {"ReduceL2",
     {.flops = 2},
     {.transcendentals = 1},
     0.0,
     plus_square,
     [](double sum, double) { return std::sqrt(sum); }},
    {"ReduceSumSquare", {.flops = 2}, {}, 0.0, plus_square, itself},
    {"ReduceLogSum",
     {.flops = 1},
     {.transcendentals = 1},
     0.0,
     plus,
     [](double sum, double) { return std::log(sum); }},
    {"ReduceLogSumExp",
     {.flops = 1, .transcendentals = 1},
     {.transcendentals = 1},
     0.0,
     plus_exponential,
     [](double sum, double) { return std::log(sum); }},
};

const Reduction& reduction_of(const Inference& op) {
  for (const Reduction& reduction : reductions) {
    if (reduction.name == op.type().name) return reduction;
  }
  return reductions[0];
}

// Which axes are folded; all of them where none is named, unless `noop_with_empty_axes`.
std::vector<bool> folded_axes(Inference& op) {
  const auto rank = static_cast<std::size_t>(op.rank(0));
  const auto named = list_argument(op, "axes", 1, "the axes to reduce");
  if (!named || named->empty()) return std::vector<bool>(rank, op.int_or("noop_with_empty_axes", 0) == 0);
  std::vector<bool> folded(rank, false);
  for (const std::int64_t axis : normalized_axes(op, *named, op.rank(0)))
    folded[static_cast<std::size_t>(axis)] = true;
  return folded;
}

Shape with_folded_axes_of_one(const Shape& shape, const std::vector<bool>& folded) {
  Shape result = shape;
  for (std::size_t axis = 0; axis < folded.size(); ++axis) {
    if (folded[axis]) result[static_cast<std::int64_t>(axis)] = 1;
  }
  return result;
}

// Integers are summed and multiplied exactly where a double would round.
std::int64_t next_integer(std::string_view name, std::int64_t a, std::int64_t x) {
  const auto u = static_cast<std::uint64_t>(a);
  const auto v = static_cast<std::uint64_t>(x);
  if (name == "ReduceMax") return std::max(a, x);
  if (name == "ReduceMin") return std::min(a, x);
  if (name == "ReduceProd") return static_cast<std::int64_t>(u * v);
  if (name == "ReduceSumSquare") return static_cast<std::int64_t>(u + v * v);
  return static_cast<std::int64_t>(u + v);
}
bool is_integral(std::string_view name) {
  return name == "ReduceMax" || name == "ReduceMin" || name == "ReduceProd" || name == "ReduceSumSquare" ||
         name == "ReduceSum";
}

void fold(Inference& op, const Reduction& reduction, const Shape& kept, const Shape& shape) {
  const Constant* x = known(op, 0);
  if (x == nullptr || x->size() == 0) return;  // the extremum of nothing is none
  const DType dtype = op.dtype(0);
  std::vector<double> reals(static_cast<std::size_t>(kept.elements()), reduction.start);
  std::vector<std::int64_t> ints(reals.size(), 0);
  std::vector<bool> begun(reals.size(), false);
  const bool exact = !x->is_real() && is_integral(reduction.name);
  for_each_index(x->type.shape, [&](const Index& at, std::int64_t flat) {
    const auto to = static_cast<std::size_t>(broadcast_index(kept, at));
    reals[to] = reduction.next(reals[to], x->real(flat));
    if (!exact) return;
    const std::int64_t element = x->ints[static_cast<std::size_t>(flat)];
    const std::int64_t first =
        reduction.name == "ReduceSumSquare" ? next_integer(reduction.name, 0, element) : element;
    ints[to] = begun[to] ? next_integer(reduction.name, ints[to], element) : first;
    begun[to] = true;
  });
  const double count = static_cast<double>(x->size()) / static_cast<double>(reals.size());
  Constant result = zeros(dtype, shape);
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const double value = reduction.last(reals[i], count);
    if (result.is_real()) {
      result.reals[i] = rounded(dtype, value);
    } else {
      result.ints[i] = exact ? wrapped(dtype, ints[i]) : truncated(dtype, value);
    }
  }
  op.output_value(0, std::move(result));
}

// Axes that are data themselves: how many there are still gives the rank.
Shape shape_by_unknown_axes(Inference& op) {
  constexpr std::string_view what = "the reduced shape";
  if (op.int_or("keepdims", 1) != 0) return bound_shape(op, op.rank(0), what);
  return bound_shape(op, op.rank(0) - list_length(op, 1, "the axes to reduce"), what);
}

void reduction_rule(Inference& op) {
  if (is_unknown(op, 1)) {
    Shape shape = shape_by_unknown_axes(op);
    if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
    return;
  }
  const std::vector<bool> folded = folded_axes(op);
  if (op.failed()) return;
  const Shape kept = with_folded_axes_of_one(op.shape(0), folded);
  Shape shape = kept;
  if (op.int_or("keepdims", 1) == 0) {
    shape = Shape();
    for (std::size_t axis = 0; axis < folded.size(); ++axis) {
      if (!folded[axis]) shape.push_back(op.shape(0)[static_cast<std::int64_t>(axis)]);
    }
  }
  op.output(0, op.dtype(0), shape);
  if (!op.failed()) fold(op, reduction_of(op), kept, shape);
}

Work reduction_work(Inference& op) {
  const Reduction& reduction = reduction_of(op);
  if (is_unknown(op, 1)) {
    Work work = work_of(reading_pass(op, 0, reduction.each));
    work.nests.push_back(pointwise_nest(op, {}, reduction.result));
    return work;
  }
  const std::vector<bool> folded = folded_axes(op);
  const bool keeps = op.int_or("keepdims", 1) != 0;
  LoopNest nest;
  std::vector<Affine> input;
  std::vector<Affine> output;
  for (std::size_t axis = 0; axis < folded.size(); ++axis) {
    input.push_back(nest.loop(folded[axis] ? "r" : "i", op.shape(0)[static_cast<std::int64_t>(axis)]));
    if (!folded[axis]) {
      output.push_back(input.back());
    } else if (keeps) {
      output.push_back(0);
    }
  }
  nest.read(input_operand(0), op.shape(0), std::move(input));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  nest.each_point(reduction.each);
  Work work = work_of(std::move(nest));
  // Also where nothing was read: the sum of no elements is written all the same.
  work.nests.push_back(pointwise_nest(op, {}, reduction.result));
  return work;
}

constexpr auto operators = [] {
  std::array<OperatorType, std::size(reductions)> types{};
  for (std::size_t i = 0; i < types.size(); ++i) {
    types[i] = {.name = reductions[i].name,
                .operator_class = OperatorClass::reduction,
                .most_inputs = 2,
                .rule = reduction_rule,
                .work = reduction_work,
                .roles = {InputRole::data, InputRole::shape}};
  }
  return types;
}();

}  // namespace

std::span<const OperatorType> reduction_operators() { return operators; }

}  // namespace chipcast
