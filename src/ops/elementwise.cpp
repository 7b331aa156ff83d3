// Operators with one result per output element from operands that broadcast: arithmetic, comparison, logic.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

using Int = std::int64_t;
using Word = std::uint64_t;

// Two's complement, as the hardware does it.
constexpr Int as_int(Word word) { return static_cast<Int>(word); }
constexpr Word as_word(Int value) { return static_cast<Word>(value); }
Int add(Int a, Int b) { return as_int(as_word(a) + as_word(b)); }
Int subtract(Int a, Int b) { return as_int(as_word(a) - as_word(b)); }
Int multiply(Int a, Int b) { return as_int(as_word(a) * as_word(b)); }
// Towards zero. Divisors of zero never come here; -1 would overflow on the least integer.
Int divide(Int a, Int b) { return b == -1 ? subtract(0, a) : a / b; }
Int remainder_like_dividend(Int a, Int b) { return b == -1 ? 0 : a % b; }
Int remainder_like_divisor(Int a, Int b) {
  const Int remainder = remainder_like_dividend(a, b);
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}
Int power(Int base, Int exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  Int result = 1;
  for (Word bits = as_word(exponent); bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}
Int shift_left(Int a, Int b) { return b < 0 || b > 63 ? 0 : as_int(as_word(a) << b); }
Int shift_right(Int a, Int b) { return b < 0 || b > 63 ? 0 : as_int(as_word(a) >> b); }

struct Operation {
  std::string_view name;
  PointWork work;                             // per output element
  Int (*ints)(Int, Int) = nullptr;            // null: not evaluated on integers
  double (*reals)(double, double) = nullptr;  // null: not evaluated on reals
  bool to_boolean = false;
  bool divides = false;
};

constexpr PointWork one_operation = {.flops = 1};

// Power is one transcendental, except by the small exponents that libraries multiply out (see power_work).
// A comparison or a logical operation counts as one operation: it takes the same slot of a vector unit.
constexpr Operation operations[] = {
    {"Add", one_operation, add, [](double a, double b) { return a + b; }},
    {"Sub", one_operation, subtract, [](double a, double b) { return a - b; }},
    {"Mul", one_operation, multiply, [](double a, double b) { return a * b; }},
    {"Div", one_operation, divide, [](double a, double b) { return a / b; }, false, true},
    {"Mod", one_operation, remainder_like_divisor, [](double a, double b) { return std::fmod(a, b); }, false,
     true},
    {"Pow", {.transcendentals = 1}, power, [](double a, double b) { return std::pow(a, b); }},
    {"And", one_operation, [](Int a, Int b) { return Int{a != 0 && b != 0}; }, nullptr, true},
    {"Or", one_operation, [](Int a, Int b) { return Int{a != 0 || b != 0}; }, nullptr, true},
    {"Xor", one_operation, [](Int a, Int b) { return Int{(a != 0) != (b != 0)}; }, nullptr, true},
    {"BitwiseAnd", one_operation, [](Int a, Int b) { return a & b; }},
    {"BitwiseOr", one_operation, [](Int a, Int b) { return a | b; }},
    {"BitwiseXor", one_operation, [](Int a, Int b) { return a ^ b; }},
    {"BitShift", one_operation, shift_left},
    {"Equal", one_operation, [](Int a, Int b) { return Int{a == b}; },
     [](double a, double b) { return a == b ? 1.0 : 0.0; }, true},
    {"Greater", one_operation, [](Int a, Int b) { return Int{a > b}; },
     [](double a, double b) { return a > b ? 1.0 : 0.0; }, true},
    {"Less", one_operation, [](Int a, Int b) { return Int{a < b}; },
     [](double a, double b) { return a < b ? 1.0 : 0.0; }, true},
    {"GreaterOrEqual", one_operation, [](Int a, Int b) { return Int{a >= b}; },
     [](double a, double b) { return a >= b ? 1.0 : 0.0; }, true},
    {"LessOrEqual", one_operation, [](Int a, Int b) { return Int{a <= b}; },
     [](double a, double b) { return a <= b ? 1.0 : 0.0; }, true},
};

const Operation& operation_of(const Inference& op) {
  for (const Operation& operation : operations) {
    if (operation.name == op.type().name) return operation;
  }
  return operations[0];
}

// Before opset 7 a second operand broadcast only if told to, its axes lying at `axis` of the first: the shape it
// would have today. That of input 1 itself in every other case.
Shape second_operand(Inference& op) {
  Shape shape = op.shape(1);
  if (op.opset() >= 7 || op.int_or("broadcast", 0) == 0 || op.attribute("axis") == nullptr) return shape;
  const Int axis = op.normalized_axis(op.int_or("axis", 0), op.rank(0));
  if (axis + shape.rank() > op.rank(0)) {
    op.fail(fmt::format("shape {} does not fit into shape {} at axis {}", format(shape), format(op.shape(0)),
                        axis));
    return shape;
  }
  while (axis + shape.rank() < op.rank(0)) shape.push_back(1);
  return shape;
}

void fold(Inference& op, const Operation& operation, const Shape& second, const Shape& shape) {
  const Constant* a = known(op, 0);
  const Constant* b = known(op, 1);
  const DType dtype = operation.to_boolean ? DType::boolean : op.dtype(0);
  if (a == nullptr || b == nullptr || !foldable(dtype, shape)) return;
  const bool real = a->is_real() || b->is_real();
  if (real ? operation.reals == nullptr : operation.ints == nullptr) return;
  auto ints = operation.ints;
  if (operation.name == "Mod" && op.int_or("fmod", 0) != 0) ints = remainder_like_dividend;
  if (operation.name == "BitShift" && op.text_or("direction", "LEFT") == "RIGHT") ints = shift_right;
  Constant result = zeros(dtype, shape);
  for_each_index(shape, [&](const Index& at, Int flat) {
    const Int i = broadcast_index(op.shape(0), at);
    const Int j = broadcast_index(second, at);
    const auto k = static_cast<std::size_t>(flat);
    if (real) {
      const double value = operation.reals(a->real(i), b->real(j));
      if (result.is_real()) {
        result.reals[k] = rounded(dtype, value);
      } else {
        result.ints[k] = truncated(dtype, value);
      }
      return;
    }
    const Int divisor = b->ints[static_cast<std::size_t>(j)];
    if (operation.divides && divisor == 0) {
      op.fail("division by zero");
      return;
    }
    result.ints[k] = wrapped(dtype, ints(a->ints[static_cast<std::size_t>(i)], divisor));
  });
  if (!op.failed()) op.output_value(0, std::move(result));
}

void operation_rule(Inference& op) {
  const Operation& operation = operation_of(op);
  const Shape second = second_operand(op);
  const auto shape = broadcast(op.shape(0), second);
  if (!shape) {
    op.fail(fmt::format("shapes {} and {} do not broadcast", format(op.shape(0)), format(op.shape(1))));
    return;
  }
  op.output(0, operation.to_boolean ? DType::boolean : op.dtype(0), *shape);
  if (!op.failed()) fold(op, operation, second, *shape);
}

// x^2 and x^3 are multiplied out by every library that matters, x^1 copied.
PointWork power_work(const Inference& op) {
  const Constant* exponent = known(op, 1);
  if (exponent == nullptr || exponent->size() != 1) return {.transcendentals = 1};
  const double e = exponent->real(0);
  if (e == 1.0 || e == 2.0 || e == 3.0) return {.flops = static_cast<Int>(e) - 1};
  return {.transcendentals = 1};
}

Work operation_work(Inference& op) {
  const Operation& operation = operation_of(op);
  const PointWork work = operation.name == "Pow" ? power_work(op) : operation.work;
  const Shape second = second_operand(op);
  if (second == op.shape(1)) return work_of(pointwise_nest(op, {0, 1}, work));
  LoopNest nest;
  std::vector<Affine> at;
  for (const Int extent : op.output_type(0).shape) at.push_back(nest.loop("i", extent));
  std::vector<Affine> axes = broadcast_axes(second, at);
  axes.resize(op.shape(1).extents().size());
  nest.read(input_operand(0), op.shape(0), broadcast_axes(op.shape(0), at));
  nest.read(input_operand(1), op.shape(1), std::move(axes));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(at));
  nest.each_point(work);
  return work_of(std::move(nest));
}

constexpr auto operators = [] {
  std::array<OperatorType, std::size(operations)> types{};
  for (std::size_t i = 0; i < types.size(); ++i) {
    types[i] = {.name = operations[i].name,
                .operator_class = OperatorClass::elementwise,
                .least_inputs = 2,
                .most_inputs = 2,
                .rule = operation_rule,
                .work = operation_work};
  }
  return types;
}();

}  // namespace

std::span<const OperatorType> elementwise_operators() { return operators; }

}  // namespace chipcast
