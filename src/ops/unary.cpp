// Functions of one element: arithmetic, roots, exponentials, trigonometry, tests.
#include <array>
#include <cmath>

#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

struct Function {
  std::string_view name;
  PointWork work;                    // per element
  double (*real)(double) = nullptr;  // null: not evaluated on reals
  std::int64_t (*integer)(std::int64_t) = nullptr;
  bool to_boolean = false;
};

constexpr PointWork one_operation = {.flops = 1};
constexpr PointWork one_transcendental = {.transcendentals = 1};

std::int64_t negated(std::int64_t x) { return static_cast<std::int64_t>(-static_cast<std::uint64_t>(x)); }

constexpr Function functions[] = {
    {"Neg", one_operation, [](double x) { return -x; }, negated},
    {"Abs", one_operation, [](double x) { return std::abs(x); },
     [](std::int64_t x) { return x < 0 ? negated(x) : x; }},
    {"Sign", one_operation, [](double x) { return x > 0   ? 1.0
                                                  : x < 0 ? -1.0
                                                          : x; },
     [](std::int64_t x) { return std::int64_t{x > 0} - std::int64_t{x < 0}; }},
    {"Floor", one_operation, [](double x) { return std::floor(x); }},
    {"Ceil", one_operation, [](double x) { return std::ceil(x); }},
    {"Round", one_operation, [](double x) { return std::nearbyint(x); }},  // halves to even
    {"Reciprocal", one_operation, [](double x) { return 1.0 / x; }},
    {"Not", one_operation, nullptr, [](std::int64_t x) { return std::int64_t{x == 0}; }},
    {"BitwiseNot", one_operation, nullptr, [](std::int64_t x) { return ~x; }},
    {"IsNaN", one_operation, [](double x) { return std::isnan(x) ? 1.0 : 0.0; }, nullptr, true},
    {"IsInf", one_operation, nullptr, nullptr, true},
    {"Sqrt", one_transcendental, [](double x) { return std::sqrt(x); }},
    {"Exp", one_transcendental, [](double x) { return std::exp(x); }},
    {"Log", one_transcendental, [](double x) { return std::log(x); }},
    {"Sin", one_transcendental, [](double x) { return std::sin(x); }},
    {"Cos", one_transcendental, [](double x) { return std::cos(x); }},
    {"Tan", one_transcendental, [](double x) { return std::tan(x); }},
    {"Asin", one_transcendental},
    {"Acos", one_transcendental},
    {"Atan", one_transcendental},
    {"Sinh", one_transcendental},
    {"Cosh", one_transcendental},
    {"Asinh", one_transcendental},
    {"Acosh", one_transcendental},
    {"Atanh", one_transcendental},
    {"Erf", one_transcendental},
};

const Function& function_of(const Inference& op) {
  for (const Function& function : functions) {
    if (function.name == op.type().name) return function;
  }
  return functions[0];
}

void function_rule(Inference& op) {
  const Function& function = function_of(op);
  const DType dtype = function.to_boolean ? DType::boolean : op.dtype(0);
  op.output(0, dtype, op.shape(0));
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || (x->is_real() ? function.real == nullptr : function.integer == nullptr))
    return;
  Constant result = zeros(dtype, op.shape(0));
  for (std::size_t i = 0; i < static_cast<std::size_t>(x->size()); ++i) {
    if (!x->is_real()) {
      result.ints[i] = wrapped(dtype, function.integer(x->ints[i]));
    } else if (result.is_real()) {
      result.reals[i] = rounded(dtype, function.real(x->reals[i]));
    } else {
      result.ints[i] = truncated(dtype, function.real(x->reals[i]));
    }
  }
  op.output_value(0, std::move(result));
}

Work function_work(Inference& op) { return work_of(pointwise_nest(op, {0}, function_of(op).work)); }

constexpr auto operators = [] {
  std::array<OperatorType, std::size(functions)> types{};
  for (std::size_t i = 0; i < types.size(); ++i) {
    types[i] = {.name = functions[i].name,
                .operator_class = OperatorClass::elementwise,
                .rule = function_rule,
                .work = function_work};
  }
  return types;
}();

}  // namespace

std::span<const OperatorType> unary_operators() { return operators; }

}  // namespace chipcast
