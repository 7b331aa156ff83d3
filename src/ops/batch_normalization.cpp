// Normalization over images: BatchNormalization, InstanceNormalization, GroupNormalization, LRN and their like.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/normalization.hpp"

namespace chipcast {
namespace {

std::int64_t channels_of(const Shape& image) { return image.rank() >= 2 ? image[1] : 1; }

void expect_values(Inference& op, int input, std::int64_t count, std::string_view what) {
  if (!op.has(input) || (op.rank(input) <= 1 && op.shape(input).elements() == count)) return;
  op.fail(fmt::format("the {} (input {}) has shape {}; input of shape {} takes {} values", what, input,
                      format(op.shape(input)), format(op.shape(0)), count));
}

// ---- BatchNormalization: X, scale, B, mean, variance ------------------------------------------------------------

// Before opset 14 the outputs beyond the first say that statistics are updated.
bool is_training(Inference& op) {
  return op.opset() >= 14 ? op.int_or("training_mode", 0) != 0 : op.output_count() > 1;
}

void batch_rule(Inference& op) {
  if (!op.expect_rank(0, 1, any_number)) return;
  const std::int64_t channels = channels_of(op.shape(0));
  expect_values(op, 1, channels, "scale");
  expect_values(op, 2, channels, "bias");
  expect_values(op, 3, channels, "mean");
  expect_values(op, 4, channels, "variance");
  op.output(0, op.dtype(0), op.shape(0));
  for (int i = 1; i < op.output_count(); ++i) {
    op.output(i, dtype_or(op, i % 2 == 1 ? 3 : 4, op.dtype(0)), Shape{channels});
  }
}

// Per channel a = scale / sqrt(variance + epsilon) and b = bias - mean * a: 4 FLOPs and a root; then a x + b.
// Training first makes two passes for the statistics (1 and 3 FLOPs an element) and moves the running averages
// towards them (3 FLOPs each: two products and a sum).
Work batch_work(Inference& op) {
  const Shape& shape = op.shape(0);
  const std::int64_t channels = channels_of(shape);
  Work work;
  if (is_training(op)) {
    work.nests.push_back(reading_pass(op, 0, {.flops = 1}));
    work.nests.push_back(reading_pass(op, 0, {.flops = 3}));
  }
  LoopNest folding;
  const Affine c = folding.loop("c", channels);
  for (int input = 1; input <= 4; ++input) {
    folding.read(input_operand(input), op.shape(input),
                 std::vector<Affine>(static_cast<std::size_t>(op.rank(input)), c));
  }
  for (int i = 1; i < op.output_count(); ++i) {
    if (op.output_type(i).shape.rank() == 1) folding.write(output_operand(i), op.output_type(i).shape, {c});
  }
  folding.each_point({.flops = is_training(op) ? 10 : 4, .transcendentals = 1});
  work.nests.push_back(std::move(folding));
  work.nests.push_back(pointwise_nest(op, {0}, {.flops = 2}));
  return work;
}

// ---- InstanceNormalization: each channel of each image by itself ---------------------------------------------------

void instance_rule(Inference& op) {
  if (!op.expect_rank(0, 2, any_number)) return;
  expect_values(op, 1, op.shape(0)[1], "scale");
  expect_values(op, 2, op.shape(0)[1], "bias");
  op.output(0, op.dtype(0), op.shape(0));
}

std::vector<Affine> per_channel(const Inference& op, int input, const Affine& channel) {
  const Shape& shape = op.shape(input);
  return std::vector<Affine>(static_cast<std::size_t>(shape.rank()),
                             shape.elements() == 1 ? Affine(0) : channel);
}

Work instance_work(Inference& op) {
  const Shape& shape = op.shape(0);
  std::vector<bool> reduced(static_cast<std::size_t>(shape.rank()), true);
  reduced[0] = reduced[1] = false;
  Normalization n = normalization_over(shape, reduced);
  n.scale = 1;
  n.bias = 2;
  n.scale_at = per_channel(op, 1, n.at[1]);
  n.bias_at = per_channel(op, 2, n.at[1]);
  Work work;
  append_normalization(op, n, work);
  return work;
}

// ---- GroupNormalization: channels in groups; com.microsoft's GroupNorm has them last -------------------------------

struct Groups {
  std::int64_t count = 1, channels = 1;  // channels of one group
  std::int64_t channel_axis = 1;
};

Groups read_groups(Inference& op, std::string_view attribute, bool channels_last) {
  Groups g;
  if (!op.expect_rank(0, 2, any_number)) return g;
  g.channel_axis = channels_last ? op.rank(0) - 1 : 1;
  const std::int64_t channels = op.shape(0)[g.channel_axis];
  g.count = op.required_int(attribute);
  if (g.count < 1 || channels % g.count != 0) {
    op.fail(fmt::format("{} channels of input of shape {} do not divide into {} groups", channels,
                        format(op.shape(0)), g.count));
    g.count = 1;
  }
  g.channels = channels / g.count;
  return g;
}

Work groups_work(const Inference& op, const Groups& g) {
  Normalization n;
  Affine channel;
  for (std::int64_t axis = 0; axis < op.rank(0); ++axis) {
    const auto loop = [&](std::string_view name, std::int64_t extent, bool is_reduced) {
      n.loops.push_back({name, extent, is_reduced});
      return Affine::of_loop(static_cast<int>(n.loops.size()) - 1);
    };
    if (axis == g.channel_axis) {
      const Affine group = loop("g", g.count, false);
      channel = group * g.channels + loop("c", g.channels, true);
      n.at.push_back(channel);
    } else {
      n.at.push_back(loop(axis == 0 ? "n" : "r", op.shape(0)[axis], axis != 0));
    }
  }
  // Scales and biases have one value a channel, or (before opset 21) one a group: the channel's group is the first
  // term of its index.
  const auto parameter_at = [&](int input) -> std::vector<Affine> {
    const bool per_group = op.shape(input).elements() == g.count && g.channels != 1;
    return {per_group ? Affine::of_loop(channel.terms()[0].loop) : channel};
  };
  n.scale = 1;
  n.bias = 2;
  n.scale_at = parameter_at(1);
  n.bias_at = parameter_at(2);
  Work work;
  append_normalization(op, n, work);
  return work;
}

void group_rule(Inference& op) {
  const Groups g = read_groups(op, "num_groups", false);
  if (!op.expect_rank(1, 1, 1) || !op.expect_rank(2, 1, 1)) return;
  const std::int64_t channels = g.count * g.channels;
  for (const int input : {1, 2}) {
    const std::int64_t count = op.shape(input)[0];
    if (count != channels && (op.opset() >= 21 || count != g.count)) {
      op.fail(fmt::format("the {} has {} values for {} channels in {} groups", input == 1 ? "scale" : "bias",
                          count, channels, g.count));
    }
  }
  op.output(0, op.dtype(0), op.shape(0));
}

Work group_work(Inference& op) { return groups_work(op, read_groups(op, "num_groups", false)); }

Groups read_microsoft_groups(Inference& op) {
  return read_groups(op, "groups", op.int_or("channels_last", 1) != 0);
}

void microsoft_group_rule(Inference& op) {
  const Groups g = read_microsoft_groups(op);
  if (!op.expect_rank(1, 1, 1) || !op.expect_rank(2, 1, 1)) return;
  expect_values(op, 1, g.count * g.channels, "scale");
  expect_values(op, 2, g.count * g.channels, "bias");
  op.output(0, op.dtype(0), op.shape(0));
}

Work microsoft_group_work(Inference& op) {
  Work work = groups_work(op, read_microsoft_groups(op));
  if (op.int_or("activation", 0) == 1) work.nests.push_back(activation_nest(op, *activation_cost("SiLU")));
  return work;
}

// ---- LRN: every value by the squares of its neighbours in `size` channels -------------------------------------------

void lrn_rule(Inference& op) {
  if (!op.expect_rank(0, 2, any_number)) return;
  const std::int64_t size = op.required_int("size");
  if (size < 1 || size > (std::int64_t{1} << 31)) op.fail(fmt::format("attribute 'size' is {}", size));
  op.output(0, op.dtype(0), op.shape(0));
}

// A square and an addition per neighbour; then x / (bias + alpha / size * sum)^beta: 3 FLOPs and a power.
Work lrn_work(Inference& op) {
  const Shape& shape = op.shape(0);
  const std::int64_t size = op.int_or("size", 1);
  LoopNest sums;
  std::vector<Affine> at;
  for (const std::int64_t extent : shape) at.push_back(sums.loop("i", extent));
  at[1] = at[1] + sums.loop("r", size) - (size - 1) / 2;
  sums.read(input_operand(0), shape, std::move(at));
  sums.each_point({.flops = 2});
  Work work = work_of(std::move(sums));
  work.nests.push_back(pointwise_nest(op, {0}, {.flops = 3, .transcendentals = 1}));
  return work;
}

constexpr auto normalization = OperatorClass::normalization;
using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "BatchNormalization",
     .operator_class = normalization,
     .least_inputs = 5,
     .most_inputs = 5,
     .most_outputs = 5,
     .rule = batch_rule,
     .work = batch_work,
     .roles = {data, data, data, statistic, statistic}},
    {.name = "InstanceNormalization",
     .operator_class = normalization,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = instance_rule,
     .work = instance_work},
    {.name = "GroupNormalization",
     .operator_class = normalization,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = group_rule,
     .work = group_work},
    {.domain = "com.microsoft",
     .name = "GroupNorm",
     .operator_class = normalization,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = microsoft_group_rule,
     .work = microsoft_group_work},
    {.name = "LRN", .operator_class = normalization, .rule = lrn_rule, .work = lrn_work},
};

}  // namespace

std::span<const OperatorType> batch_normalization_operators() { return operators; }

}  // namespace chipcast
