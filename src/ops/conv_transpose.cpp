// ConvTranspose: every input point spreads its kernel over the output.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/window.hpp"

namespace chipcast {
namespace {

struct Transposed {
  std::int64_t batch = 1, groups = 1, channels = 1, filters = 1;  // channels and filters of one group
  Window window;
};

Transposed read_transposed(Inference& op) {
  Transposed c;
  if (!op.expect_rank(0, 3, 5) || !op.expect_rank(1, op.rank(0), op.rank(0))) return c;
  const Shape& input = op.shape(0);
  const Shape& weight = op.shape(1);
  c.batch = input[0];
  c.groups = op.int_or("group", 1);
  if (c.groups < 1) {
    op.fail(fmt::format("attribute 'group' is {}", c.groups));
    c.groups = 1;
  }
  c.channels = input[1] / c.groups;
  c.filters = weight[1];
  if (input[1] != weight[0]) {
    op.fail(fmt::format("input of shape {} has {} channels, but weights of shape {} take {}", format(input),
                        input[1], format(weight), weight[0]));
  }
  if (input[1] % c.groups != 0)
    op.fail(fmt::format("{} channels do not divide into {} groups", input[1], c.groups));
  std::vector<std::int64_t> kernel(weight.begin() + 2, weight.end());
  if (const std::vector<std::int64_t> stated = op.ints_or("kernel_shape", {});
      !stated.empty() && stated != kernel) {
    op.fail(fmt::format("attribute 'kernel_shape' ({}) contradicts weights of shape {}",
                        format(Shape(stated)), format(weight)));
  }
  c.window = read_transposed_window(op, spatial_extents(input, false), std::move(kernel));
  return c;
}

void transposed_rule(Inference& op) {
  const Transposed c = read_transposed(op);
  const std::int64_t filters = saturating_multiply(c.filters, c.groups);
  Shape output = {c.batch, filters};
  for (const std::int64_t extent : c.window.output) output.push_back(extent);
  if (op.has(2) && op.shape(2) != Shape{filters}) {
    op.fail(
        fmt::format("the bias has shape {}; expected {} values, one a filter", format(op.shape(2)), filters));
  }
  op.output(0, op.dtype(0), std::move(output));
}

// The loops run over the input: MACs = input elements x filters of a group x kernel. Output points that lie in
// the cropped padding are outside the output's shape.
Work transposed_work(Inference& op) {
  const Transposed c = read_transposed(op);
  const Window& w = c.window;
  LoopNest nest;
  const Affine n = nest.loop("n", c.batch);
  const Affine g = nest.loop("g", c.groups);
  const Affine k = nest.loop("k", c.filters);
  const Affine channel = nest.loop("c", c.channels);
  std::vector<Affine> input = {n, g * c.channels + channel};
  std::vector<Affine> weight = {g * c.channels + channel, k};
  std::vector<Affine> output = {n, g * c.filters + k};
  for (int axis = 0; axis < w.axes(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const Affine p = nest.loop(output_loops[i], w.input[i]);
    const Affine r = nest.loop(kernel_loops[i], w.kernel[i]);
    input.push_back(p);
    weight.push_back(r);
    output.push_back(p * w.stride[i] + r * w.dilation[i] - w.pad_begin[i]);
  }
  nest.read(input_operand(0), op.shape(0), std::move(input));
  nest.read(input_operand(1), op.shape(1), std::move(weight));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  nest.each_point({.macs = 1});
  Work work = work_of(std::move(nest));
  // Where strides leave gaps between kernels, outputs that no input reaches are written all the same.
  work.nests.push_back(op.has(2) ? bias_nest(op, 2, 1) : activation_nest(op, {}));
  return work;
}

constexpr OperatorType operators[] = {
    {.name = "ConvTranspose",
     .operator_class = OperatorClass::transposed_convolution,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = transposed_rule,
     .work = transposed_work},
};

}  // namespace

std::span<const OperatorType> conv_transpose_operators() { return operators; }

}  // namespace chipcast
