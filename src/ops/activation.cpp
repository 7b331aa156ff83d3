// Activations: functions of one element and few parameters, by the operations that their formula takes.
#include <fmt/format.h>

#include <array>

#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

constexpr std::string_view microsoft = "com.microsoft";

struct Activation {
  std::string_view name;
  std::int64_t flops;            // per element
  std::int64_t transcendentals;  // likewise
  std::string_view domain = "";
};

constexpr Activation activations[] = {
    {"Relu", 1, 0},                  // max(x, 0)
    {"LeakyRelu", 2, 0},             // max(x, alpha * x)
    {"ThresholdedRelu", 1, 0},       // x > alpha ? x : 0
    {"Elu", 3, 1},                   // x > 0 ? x : alpha * (exp(x) - 1)
    {"Celu", 6, 1},                  // max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))
    {"Selu", 4, 1},                  // gamma * (x > 0 ? x : alpha * exp(x) - alpha)
    {"Sigmoid", 3, 1},               // 1 / (1 + exp(-x))
    {"HardSigmoid", 4, 0},           // max(0, min(1, alpha * x + beta))
    {"HardSwish", 5, 0},             // x * max(0, min(1, x / 6 + 0.5))
    {"Tanh", 0, 1},                  // tanh(x)
    {"Softplus", 1, 2},              // log(exp(x) + 1)
    {"Softsign", 3, 0},              // x / (1 + |x|)
    {"Mish", 2, 3},                  // x * tanh(log(exp(x) + 1))
    {"Shrink", 3, 0},                // x < -lambd ? x + bias : x > lambd ? x - bias : 0
    {"Swish", 5, 1},                 // x / (1 + exp(-alpha * x)), the sigmoid and two products
    {"Gelu", 4, 1},                  // 0.5 * x * (1 + erf(x / sqrt(2))); approximate=tanh: see gelu_by_tanh
    {"Gelu", 4, 1, microsoft},       // likewise
    {"QuickGelu", 5, 1, microsoft},  // x / (1 + exp(-1.702 * x))
    // Of opset 1, still found in networks converted from Core ML and Caffe.
    {"ParametricSoftplus", 3, 2},  // alpha * log(exp(beta * x) + 1)
    {"ScaledTanh", 2, 1},          // alpha * tanh(beta * x)
    {"Affine", 2, 0},              // alpha * x + beta
    {"ImageScaler", 2, 0},         // scale * x + bias[channel]
};
constexpr PointWork gelu_by_tanh = {.flops = 8, .transcendentals = 1};

PointWork work_of_point(Inference& op) {
  for (const Activation& activation : activations) {
    if (activation.name != op.type().name || activation.domain != op.type().domain) continue;
    if (activation.name == "Gelu" && op.text_or("approximate", "none") == "tanh") return gelu_by_tanh;
    return {.flops = activation.flops, .transcendentals = activation.transcendentals};
  }
  return {};
}

void same_rule(Inference& op) { op.output(0, op.dtype(0), op.shape(0)); }
Work activation_work(Inference& op) { return work_of(pointwise_nest(op, {0}, work_of_point(op))); }

// x and a bias along its last axis.
void biased_rule(Inference& op) {
  op.output(0, op.dtype(0), op.shape(0));
  if (op.has(1) && broadcast(op.shape(0), op.shape(1)) != op.shape(0)) {
    op.fail(fmt::format("a bias of shape {} does not broadcast to shape {}", format(op.shape(1)),
                        format(op.shape(0))));
  }
}
Work biased_gelu_work(Inference& op) {
  PointWork work = op.type().name == "FastGelu" ? gelu_by_tanh : PointWork{.flops = 4, .transcendentals = 1};
  if (op.has(1)) work.flops += 1;
  return work_of(pointwise_nest(op, {0, 1}, work));
}

// (x + bias) is split in two along its last axis: left * gelu(right).
void bias_split_gelu_rule(Inference& op) {
  biased_rule(op);
  if (!op.expect_rank(0, 1, any_number)) return;
  Shape shape = op.shape(0);
  std::int64_t& last = shape[shape.rank() - 1];
  op.expect(last % 2 == 0, "the last axis, to be split in two halves, has an odd extent");
  last /= 2;
  op.output(0, op.dtype(0), std::move(shape));
}
Work bias_split_gelu_work(Inference& op) {
  LoopNest biased;
  std::vector<Affine> at;
  for (const std::int64_t extent : op.shape(0)) at.push_back(biased.loop("i", extent));
  biased.read(input_operand(1), op.shape(1), broadcast_axes(op.shape(1), at));
  biased.read(input_operand(0), op.shape(0), std::move(at));
  biased.each_point({.flops = 1});
  Work work = work_of(std::move(biased));
  work.nests.push_back(pointwise_nest(op, {}, {.flops = 5, .transcendentals = 1}));
  return work;
}

// Before opset 7 a slope of one value a channel did not broadcast: it lay along axis 1.
bool slope_is_by_channel(const Inference& op) {
  return op.opset() < 7 && op.rank(0) >= 2 && op.shape(1) == Shape{op.shape(0)[1]};
}
void prelu_rule(Inference& op) {
  op.output(0, op.dtype(0), op.shape(0));
  if (broadcast(op.shape(0), op.shape(1)) != op.shape(0) && !slope_is_by_channel(op)) {
    op.fail(fmt::format("a slope of shape {} does not broadcast to shape {}", format(op.shape(1)),
                        format(op.shape(0))));
  }
}
Work prelu_work(Inference& op) {
  LoopNest nest = pointwise_nest(op, {0}, {.flops = 2});
  const std::vector<Affine> at = nest.accesses().front().axes;
  nest.read(input_operand(1), op.shape(1),
            slope_is_by_channel(op) ? std::vector<Affine>{at[1]} : broadcast_axes(op.shape(1), at));
  return work_of(std::move(nest));
}

constexpr OperatorType with_bias(std::string_view name, int least_inputs) {
  return {.domain = microsoft,
          .name = name,
          .operator_class = OperatorClass::activation,
          .least_inputs = least_inputs,
          .most_inputs = 2,
          .rule = biased_rule,
          .work = biased_gelu_work};
}

constexpr OperatorType with_parameters[] = {
    {.name = "PRelu",
     .operator_class = OperatorClass::activation,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = prelu_rule,
     .work = prelu_work},
    with_bias("BiasGelu", 2),
    with_bias("FastGelu", 1),
    {.domain = microsoft,
     .name = "BiasSplitGelu",
     .operator_class = OperatorClass::activation,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = bias_split_gelu_rule,
     .work = bias_split_gelu_work},
};

constexpr auto operators = [] {
  std::array<OperatorType, std::size(with_parameters) + std::size(activations)> types{};
  std::size_t count = 0;
  for (const OperatorType& type : with_parameters) types[count++] = type;
  for (const Activation& activation : activations) {
    types[count++] = {.domain = activation.domain,
                      .name = activation.name,
                      .operator_class = OperatorClass::activation,
                      .rule = same_rule,
                      .work = activation_work};
  }
  return types;
}();

}  // namespace

std::span<const OperatorType> activation_operators() { return operators; }

}  // namespace chipcast
