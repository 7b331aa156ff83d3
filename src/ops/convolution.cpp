// Conv and its kin: n-dimensional, grouped, dilated; with integer operands, channels last, or a fused epilogue.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/window.hpp"

namespace chipcast {
namespace {

// Which input is what; -1: the operator has none.
struct Form {
  int weight = 1;
  int bias = 2;
  int sum = -1;  // added to the output, shaped like it
  int input_scale = -1, input_zero = -1, weight_scale = -1, weight_zero = -1, output_scale = -1,
      output_zero = -1;
  bool channels_last = false;
  bool has_activation = false;
  DType result = DType::undefined;  // undefined: that of the input
};

constexpr Form conv = {};
constexpr Form conv_integer = {.bias = -1, .input_zero = 2, .weight_zero = 3, .result = DType::int32};
constexpr Form qlinear_conv = {.weight = 3,
                               .bias = 8,
                               .input_scale = 1,
                               .input_zero = 2,
                               .weight_scale = 4,
                               .weight_zero = 5,
                               .output_scale = 6,
                               .output_zero = 7};
constexpr Form fused_conv = {.sum = 3, .has_activation = true};
constexpr Form nhwc_conv = {.channels_last = true};

struct Convolution {
  std::int64_t batch = 1, groups = 1, channels = 1, filters = 1;  // channels and filters of one group
  Window window;
  std::int64_t channel_axis = 1;
};

Convolution read_convolution(Inference& op, const Form& form) {
  Convolution c;
  if (!op.expect_rank(0, 3, 5) || !op.expect_rank(form.weight, op.rank(0), op.rank(0))) return c;
  const Shape& input = op.shape(0);
  const Shape& weight = op.shape(form.weight);
  c.channel_axis = form.channels_last ? input.rank() - 1 : 1;
  c.batch = input[0];
  c.groups = op.int_or("group", 1);
  if (c.groups < 1) {
    op.fail(fmt::format("attribute 'group' is {}", c.groups));
    c.groups = 1;
  }
  c.channels = weight[1];
  c.filters = weight[0] / c.groups;
  std::vector<std::int64_t> kernel(weight.begin() + 2, weight.end());
  if (const std::vector<std::int64_t> stated = op.ints_or("kernel_shape", {});
      !stated.empty() && stated != kernel) {
    op.fail(fmt::format("attribute 'kernel_shape' ({}) contradicts weights of shape {}",
                        format(Shape(stated)), format(weight)));
  }
  if (weight[0] % c.groups != 0) {
    op.fail(fmt::format("{} filters do not divide into {} groups", weight[0], c.groups));
  }
  if (saturating_multiply(c.channels, c.groups) != input[c.channel_axis]) {
    op.fail(fmt::format("input of shape {} has {} channels, but weights of shape {} in {} group(s) take {}",
                        format(input), input[c.channel_axis], format(weight), c.groups,
                        saturating_multiply(c.channels, c.groups)));
  }
  c.window = read_window(op, spatial_extents(input, form.channels_last), std::move(kernel), false);
  return c;
}

DType result_type(const Inference& op, const Form& form) {
  if (form.result != DType::undefined) return form.result;
  return form.output_zero >= 0 ? dtype_or(op, form.output_zero, op.dtype(0)) : op.dtype(0);
}

void convolution_rule(Inference& op, const Form& form) {
  const Convolution c = read_convolution(op, form);
  const std::int64_t filters = c.filters * c.groups;
  Shape output = {c.batch};
  if (!form.channels_last) output.push_back(filters);
  for (const std::int64_t extent : c.window.output) output.push_back(extent);
  if (form.channels_last) output.push_back(filters);
  if (op.has(form.bias) && op.shape(form.bias) != Shape{filters}) {
    op.fail(fmt::format("the bias has shape {}; expected {} values, one a filter",
                        format(op.shape(form.bias)), filters));
  }
  expect_per_channel(op, form.input_scale, 1, "input's scale");
  expect_per_channel(op, form.input_zero, 1, "input's zero point");
  expect_per_channel(op, form.weight_scale, filters, "weights' scale");
  expect_per_channel(op, form.weight_zero, filters, "weights' zero point");
  expect_per_channel(op, form.output_scale, 1, "output's scale");
  expect_per_channel(op, form.output_zero, 1, "output's zero point");
  if (op.has(form.sum) && broadcast(op.shape(form.sum), output) != output) {
    op.fail(fmt::format("the sum has shape {}; the convolution's output has {}", format(op.shape(form.sum)),
                        format(output)));
  }
  if (form.has_activation) {
    const std::string activation = op.text_or("activation", "");
    if (!activation.empty() && !activation_cost(activation)) {
      op.fail(fmt::format("attribute 'activation' is '{}', which is no known activation", activation));
    }
  }
  op.output(0, result_type(op, form), std::move(output));
}

LoopNest product_nest(const Inference& op, const Form& form, const Convolution& c) {
  const Window& w = c.window;
  LoopNest nest;
  const Affine n = nest.loop("n", c.batch);
  const Affine g = nest.loop("g", c.groups);
  const Affine k = nest.loop("k", c.filters);
  const Affine channel = nest.loop("c", c.channels);
  const Affine filter = g * c.filters + k;
  std::vector<Affine> input = {n};
  std::vector<Affine> weight = {filter, channel};
  std::vector<Affine> output = {n};
  if (!form.channels_last) {
    input.push_back(g * c.channels + channel);
    output.push_back(filter);
  }
  for (int axis = 0; axis < w.axes(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const Affine p = nest.loop(output_loops[i], w.output[i]);
    const Affine r = nest.loop(kernel_loops[i], w.kernel[i]);
    input.push_back(p * w.stride[i] + r * w.dilation[i] - w.pad_begin[i]);
    weight.push_back(r);
    output.push_back(p);
  }
  if (form.channels_last) {
    input.push_back(g * c.channels + channel);
    output.push_back(filter);
  }
  nest.read(input_operand(0), op.shape(0), std::move(input));
  nest.read(input_operand(form.weight), op.shape(form.weight), std::move(weight));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  nest.each_point({.macs = 1});
  return nest;
}

Work convolution_work(Inference& op, const Form& form) {
  const Convolution c = read_convolution(op, form);
  Work work = work_of(product_nest(op, form, c));
  // Apart from the product, which is to read two operands and no more.
  for (const int zero : {form.input_zero, form.weight_zero}) {
    if (op.has(zero)) work.nests.push_back(reading_pass(op, zero, {}));
  }
  if (op.has(form.bias)) work.nests.push_back(bias_nest(op, form.bias, c.channel_axis));
  if (op.has(form.sum)) work.nests.push_back(pointwise_nest(op, {form.sum}, {.flops = 1}));
  if (form.has_activation) {
    if (const auto cost = activation_cost(op.text_or("activation", ""))) {
      work.nests.push_back(activation_nest(op, *cost));
    }
  }
  if (form.output_scale >= 0) {
    work.nests.push_back(requantization_nest(
        op, {form.input_scale, form.weight_scale, form.output_scale, form.output_zero}, c.channel_axis));
  }
  return work;
}

OperatorClass convolution_class(Inference& op, const Form& form) {
  const Shape& weight = op.shape(form.weight);
  if (weight.rank() < 3) return OperatorClass::standard_convolution;
  if (op.int_or("group", 1) > 1) {
    return weight[1] == 1 ? OperatorClass::depthwise_convolution : OperatorClass::grouped_convolution;
  }
  return weight.elements(2, weight.rank()) == 1 ? OperatorClass::pointwise_convolution
                                                : OperatorClass::standard_convolution;
}

template <const Form& form>
void rule(Inference& op) {
  convolution_rule(op, form);
}
template <const Form& form>
Work work(Inference& op) {
  return convolution_work(op, form);
}
template <const Form& form>
OperatorClass classify(Inference& op) {
  return convolution_class(op, form);
}

constexpr auto standard = OperatorClass::standard_convolution;
using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "Conv",
     .operator_class = standard,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = rule<conv>,
     .work = work<conv>,
     .classify = classify<conv>},
    {.name = "ConvInteger",
     .operator_class = standard,
     .least_inputs = 2,
     .most_inputs = 4,
     .rule = rule<conv_integer>,
     .work = work<conv_integer>,
     .roles = {data, quantized, zero_point, zero_point},
     .classify = classify<conv_integer>},
    {.name = "QLinearConv",
     .operator_class = standard,
     .least_inputs = 8,
     .most_inputs = 9,
     .rule = rule<qlinear_conv>,
     .work = work<qlinear_conv>,
     .roles = {data, scale, zero_point, quantized, scale, zero_point, scale, zero_point, quantized},
     .classify = classify<qlinear_conv>},
    {.domain = "com.microsoft",
     .name = "FusedConv",
     .operator_class = standard,
     .least_inputs = 2,
     .most_inputs = 4,
     .rule = rule<fused_conv>,
     .work = work<fused_conv>,
     .classify = classify<fused_conv>},
    {.domain = "com.microsoft",
     .name = "NhwcConv",
     .operator_class = standard,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = rule<nhwc_conv>,
     .work = work<nhwc_conv>,
     .classify = classify<nhwc_conv>},
};

}  // namespace

std::span<const OperatorType> convolution_operators() { return operators; }

}  // namespace chipcast
