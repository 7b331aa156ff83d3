#include "ops/epilogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace chipcast {
namespace {

constexpr std::array<std::string_view, 5> loop_names = {"n", "k", "p", "q", "d"};

std::vector<Affine> loops_over_output(LoopNest& nest, const Shape& output) {
  std::vector<Affine> at;
  for (std::int64_t axis = 0; axis < output.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    at.push_back(nest.loop(i < loop_names.size() ? loop_names[i] : "i", output[axis]));
  }
  return at;
}

struct NamedCost {
  std::string_view name;
  PointWork cost;
};

// One FLOP per arithmetic operation of the defining formula, exp/log/tanh/erf/sqrt apart.
constexpr NamedCost activation_costs[] = {
    {"relu", {.flops = 1}},                              // max(x, 0)
    {"leakyrelu", {.flops = 2}},                         // a x, select
    {"thresholdedrelu", {.flops = 1}},                   // select
    {"clip", {.flops = 2}},                              // max, min
    {"affine", {.flops = 2}},                            // a x + b
    {"tanh", {.transcendentals = 1}},                    //
    {"scaledtanh", {.flops = 2, .transcendentals = 1}},  // a tanh(b x)
    {"sigmoid", {.flops = 3, .transcendentals = 1}},     // 1 / (1 + exp(-x))
    {"hardsigmoid", {.flops = 4}},                       // max(0, min(1, a x + b))
    {"hardswish", {.flops = 5}},                         // x hardsigmoid(x)
    {"silu", {.flops = 4, .transcendentals = 1}},        // x sigmoid(x)
    {"elu", {.flops = 3, .transcendentals = 1}},         // a (exp(x) - 1), select
    {"softsign", {.flops = 3}},                          // x / (1 + |x|)
    {"softplus", {.flops = 1, .transcendentals = 2}},    // log(1 + exp(x))
    {"gelu", {.flops = 4, .transcendentals = 1}},        // x/2 (1 + erf(x / sqrt 2))
};

bool equal_ignoring_case(std::string_view lower, std::string_view any) {
  return std::ranges::equal(lower, any, [](char a, char b) {
    return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
  });
}

}  // namespace

LoopNest bias_nest(const Inference& op, int input, std::int64_t axis) {
  LoopNest nest;
  const Shape& output = op.output_type(0).shape;
  std::vector<Affine> at = loops_over_output(nest, output);
  nest.read(input_operand(input), op.shape(input), {at[static_cast<std::size_t>(axis)]});
  nest.write(output_operand(0), output, std::move(at));
  nest.each_point({.flops = 1});
  return nest;
}

std::optional<PointWork> activation_cost(std::string_view name) {
  for (const NamedCost& known : activation_costs) {
    if (equal_ignoring_case(known.name, name)) return known.cost;
  }
  return std::nullopt;
}

LoopNest activation_nest(const Inference& op, PointWork cost) {
  LoopNest nest;
  const Shape& output = op.output_type(0).shape;
  std::vector<Affine> at = loops_over_output(nest, output);
  nest.write(output_operand(0), output, std::move(at));
  nest.each_point(cost);
  return nest;
}

LoopNest requantization_nest(const Inference& op, std::initializer_list<int> parameters, std::int64_t axis) {
  LoopNest nest;
  const Shape& output = op.output_type(0).shape;
  std::vector<Affine> at = loops_over_output(nest, output);
  for (const int input : parameters) {
    read_per_channel(nest, op, input, output.rank() == 0 ? Affine(0) : at[static_cast<std::size_t>(axis)]);
  }
  nest.write(output_operand(0), output, std::move(at));
  nest.each_point({.flops = 2});
  return nest;
}

void expect_per_channel(Inference& op, int input, std::int64_t channels, std::string_view what) {
  if (!op.has(input)) return;
  const Shape& shape = op.shape(input);
  if (shape.elements() == 1 || shape == Shape{channels}) return;
  op.fail(fmt::format("the {} (input {}) has shape {}; expected a scalar or {} values, one a channel", what,
                      input, format(shape), channels));
}

void read_per_channel(LoopNest& nest, const Inference& op, int input, const Affine& channel) {
  if (!op.has(input)) return;
  const Shape& shape = op.shape(input);
  std::vector<Affine> at(static_cast<std::size_t>(shape.rank()), Affine(0));
  if (shape.rank() == 1 && shape[0] != 1) at[0] = channel;
  nest.read(input_operand(input), shape, std::move(at));
}

DType dtype_or(const Inference& op, int input, DType fallback) {
  return op.has(input) && op.dtype(input) != DType::undefined ? op.dtype(input) : fallback;
}

}  // namespace chipcast
