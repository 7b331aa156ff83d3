// DeformConv: a convolution that samples its input between the grid points, where an offset tensor says.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/window.hpp"

namespace chipcast {
namespace {

struct Deformed {
  std::int64_t batch = 1, groups = 1, offset_groups = 1, channels = 1,
               filters = 1;  // channels and filters of one group
  Window window;
};

// Inputs: X, W, offset, B, mask.
Deformed read_deformed(Inference& op) {
  Deformed c;
  if (!op.expect_rank(0, 4, 4) || !op.expect_rank(1, 4, 4)) return c;
  const Shape& input = op.shape(0);
  const Shape& weight = op.shape(1);
  c.batch = input[0];
  c.groups = op.int_or("group", 1);
  c.offset_groups = op.int_or("offset_group", 1);
  if (c.groups < 1 || c.offset_groups < 1 || input[1] % c.offset_groups != 0) {
    op.fail(fmt::format("{} channels do not divide into {} groups with {} groups of offsets", input[1],
                        c.groups, c.offset_groups));
    c.groups = c.offset_groups = 1;
  }
  c.channels = weight[1];
  c.filters = weight[0] / c.groups;
  if (weight[0] % c.groups != 0)
    op.fail(fmt::format("{} filters do not divide into {} groups", weight[0], c.groups));
  if (saturating_multiply(c.channels, c.groups) != input[1]) {
    op.fail(fmt::format("input of shape {} has {} channels, but weights of shape {} in {} group(s) take {}",
                        format(input), input[1], format(weight), c.groups,
                        saturating_multiply(c.channels, c.groups)));
  }
  c.window = read_window(op, spatial_extents(input, false), {weight[2], weight[3]}, false);
  return c;
}

void deformed_rule(Inference& op) {
  const Deformed c = read_deformed(op);
  const Window& w = c.window;
  if (w.axes() != 2) return;
  const std::int64_t filters = c.filters * c.groups;
  const std::int64_t taps =
      saturating_multiply(c.offset_groups, saturating_multiply(w.kernel[0], w.kernel[1]));
  const Shape offset = {c.batch, saturating_multiply(2, taps), w.output[0], w.output[1]};
  if (op.shape(2) != offset) {
    op.fail(fmt::format("the offsets have shape {}; expected {}", format(op.shape(2)), format(offset)));
  }
  if (op.has(3) && op.shape(3) != Shape{filters}) {
    op.fail(
        fmt::format("the bias has shape {}; expected {} values, one a filter", format(op.shape(3)), filters));
  }
  const Shape mask = {c.batch, taps, w.output[0], w.output[1]};
  if (op.has(4) && op.shape(4) != mask) {
    op.fail(fmt::format("the mask has shape {}; expected {}", format(op.shape(4)), format(mask)));
  }
  op.output(0, op.dtype(0), {c.batch, filters, w.output[0], w.output[1]});
}

// A sample is bilinear: four products and three additions, and one more product under a mask; the weights of the four
// corners, shared by the channels of an offset group, take 8 FLOPs. Where the samples lie is data: the input counts as
// read once, whole.
Work deformed_work(Inference& op) {
  const Deformed c = read_deformed(op);
  const Window& w = c.window;
  LoopNest corners;
  {
    const Affine n = corners.loop("n", c.batch);
    const Affine tap = corners.loop("r", saturating_multiply(c.offset_groups, w.kernel[0] * w.kernel[1]));
    const Affine p = corners.loop("p", w.output[0]);
    const Affine q = corners.loop("q", w.output[1]);
    corners.read(input_operand(2), op.shape(2), {n, tap * 2, p, q});
    corners.read(input_operand(2), op.shape(2), {n, tap * 2 - (-1), p, q});
    if (op.has(4)) corners.read(input_operand(4), op.shape(4), {n, tap, p, q});
    corners.each_point({.flops = 8});
  }
  LoopNest samples;
  samples.loop("n", c.batch);
  samples.loop("c", op.shape(0)[1]);
  for (int axis = 0; axis < 2; ++axis)
    samples.loop(output_loops[static_cast<std::size_t>(axis)], w.output[static_cast<std::size_t>(axis)]);
  for (int axis = 0; axis < 2; ++axis)
    samples.loop(kernel_loops[static_cast<std::size_t>(axis)], w.kernel[static_cast<std::size_t>(axis)]);
  samples.each_point({.flops = op.has(4) ? 8 : 7});

  LoopNest product;
  const Affine n = product.loop("n", c.batch);
  const Affine g = product.loop("g", c.groups);
  const Affine k = product.loop("k", c.filters);
  const Affine channel = product.loop("c", c.channels);
  const Affine p = product.loop("p", w.output[0]);
  const Affine q = product.loop("q", w.output[1]);
  const Affine r = product.loop("r", w.kernel[0]);
  const Affine s = product.loop("s", w.kernel[1]);
  product.read(input_operand(1), op.shape(1), {g * c.filters + k, channel, r, s});
  product.write(output_operand(0), op.output_type(0).shape, {n, g * c.filters + k, p, q});
  product.each_point({.macs = 1});

  Work work = work_of(std::move(product));
  work.nests.push_back(std::move(corners));
  work.nests.push_back(std::move(samples));
  work.nests.push_back(reading_pass(op, 0, {}));
  work.nests.push_back(reading_pass(op, 2, {}));
  if (op.has(3)) work.nests.push_back(bias_nest(op, 3, 1));
  return work;
}

constexpr OperatorType operators[] = {
    {.name = "DeformConv",
     .operator_class = OperatorClass::standard_convolution,
     .least_inputs = 3,
     .most_inputs = 5,
     .rule = deformed_rule,
     .work = deformed_work},
};

}  // namespace

std::span<const OperatorType> deform_conv_operators() { return operators; }

}  // namespace chipcast
