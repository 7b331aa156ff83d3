// QuantizeLinear and its inverse: per tensor, per axis or per block; DynamicQuantizeLinear finds the scale itself.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// How scales lie over the tensor.
struct Granularity {
  std::int64_t axis = -1;  // -1: one scale for the tensor
  std::int64_t block = 0;  // values of the axis that share a scale; 0: one value of the axis to each scale
};

Granularity read_granularity(Inference& op) {
  Granularity g;
  const Shape& shape = op.shape(0);
  const Shape& scale = op.shape(1);
  const std::int64_t block = op.int_or("block_size", 0);
  if (block < 0) op.fail(fmt::format("attribute 'block_size' is {}", block));
  if (block <= 0 && scale.elements() == 1 && scale.rank() <= 1) return g;
  std::int64_t axis = op.int_or("axis", 1);
  if (shape.rank() == 1 && axis == 1) axis = 0;  // the default, for a vector
  axis = op.normalized_axis(axis, shape.rank());
  if (op.failed()) return g;
  Shape expected = {shape[axis]};
  if (block > 0) {
    expected = shape;
    expected[axis] = shape[axis] / block + (shape[axis] % block != 0 ? 1 : 0);
    g.block = block;
  }
  if (scale != expected) {
    op.fail(fmt::format("a scale of shape {} for a tensor of shape {} quantized along axis {}; expected {}",
                        format(scale), format(shape), axis, format(expected)));
    return g;
  }
  g.axis = axis;
  return g;
}

void check_parameters(Inference& op) {
  read_granularity(op);
  if (op.has(2) && op.shape(2) != op.shape(1) && op.shape(2).elements() != op.shape(1).elements()) {
    op.fail(fmt::format("a zero point of shape {} beside a scale of shape {}", format(op.shape(2)),
                        format(op.shape(1))));
  }
}

// The result has the zero point's type, else that of the attribute, else uint8.
void quantize_rule(Inference& op) {
  check_parameters(op);
  op.output(0, dtype_or(op, 2, dtype_argument(op, "output_dtype", DType::uint8)), op.shape(0));
}

// The result has the scale's type, unless the attribute (opset 23) says otherwise.
void dequantize_rule(Inference& op) {
  check_parameters(op);
  op.output(0, dtype_argument(op, "output_dtype", dtype_or(op, 1, DType::float32)), op.shape(0));
}

std::vector<Affine> parameter_axes(const Shape& parameter, const Granularity& g,
                                   const std::vector<Affine>& at, const Affine& block) {
  std::vector<Affine> axes(static_cast<std::size_t>(parameter.rank()), Affine(0));
  if (g.axis < 0 || parameter.elements() == 1) return axes;
  const auto axis = static_cast<std::size_t>(g.axis);
  if (g.block > 0 && axes.size() == at.size()) {
    axes = at;
    axes[axis] = block;
  } else if (axes.size() == 1) {
    axes[0] = at[axis];
  }
  return axes;
}

// A division (or product) per value, and an addition (or difference) where there is a zero point; rounding and
// saturation belong to the conversion. Blocks split their axis into two loops; a last block that is not full runs over
// the end, where there is nothing to touch.
Work conversion_work(Inference& op) {
  const Granularity g = read_granularity(op);
  const Shape& shape = op.shape(0);
  LoopNest nest;
  std::vector<Affine> at;
  Affine block;
  const bool splits = g.block > 0 && shape[g.axis] > 0;
  const std::int64_t within = splits ? std::min(g.block, shape[g.axis]) : 1;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    if (splits && axis == g.axis) {
      block = nest.loop("b", op.shape(1)[axis]);
      at.push_back(block * within + nest.loop("i", within));
    } else {
      at.push_back(nest.loop("i", shape[axis]));
    }
  }
  nest.read(input_operand(0), shape, at);
  for (const int input : {1, 2}) {
    if (op.has(input))
      nest.read(input_operand(input), op.shape(input), parameter_axes(op.shape(input), g, at, block));
  }
  nest.write(output_operand(0), op.output_type(0).shape, std::move(at));
  nest.each_point({.flops = op.has(2) ? 2 : 1});
  return work_of(std::move(nest));
}

// x to uint8, its scale and its zero point.
void dynamic_rule(Inference& op) {
  op.output(0, DType::uint8, op.shape(0));
  op.output(1, DType::float32, {});
  op.output(2, DType::uint8, {});
}

// A pass for minimum and maximum (2 FLOPs), five operations for the scale and the zero point, a pass that divides and
// adds (2 FLOPs).
Work dynamic_work(Inference& op) {
  Work work = work_of(reading_pass(op, 0, {.flops = 2}));
  LoopNest parameters;
  for (int i = 1; i < op.output_count(); ++i)
    parameters.write(output_operand(i), op.output_type(i).shape, {});
  parameters.each_point({.flops = 5});
  work.nests.push_back(std::move(parameters));
  work.nests.push_back(pointwise_nest(op, {0}, {.flops = 2}));
  return work;
}

constexpr auto quantization = OperatorClass::quantization;
using enum InputRole;

constexpr OperatorType quantize = {.name = "QuantizeLinear",
                                   .operator_class = quantization,
                                   .least_inputs = 2,
                                   .most_inputs = 3,
                                   .rule = quantize_rule,
                                   .work = conversion_work,
                                   .roles = {data, scale, zero_point}};
// What is dequantized is stored quantized: a constant here is a weight of its 8 bits.
constexpr OperatorType dequantize = {.name = "DequantizeLinear",
                                     .operator_class = quantization,
                                     .least_inputs = 2,
                                     .most_inputs = 3,
                                     .rule = dequantize_rule,
                                     .work = conversion_work,
                                     .roles = {quantized, scale, zero_point}};

constexpr OperatorType in_domain(OperatorType type, std::string_view domain) {
  type.domain = domain;
  return type;
}

constexpr OperatorType operators[] = {
    quantize,
    in_domain(quantize, "com.microsoft"),
    dequantize,
    in_domain(dequantize, "com.microsoft"),
    {.name = "DynamicQuantizeLinear",
     .operator_class = quantization,
     .most_outputs = 3,
     .rule = dynamic_rule,
     .work = dynamic_work},
};

}  // namespace

std::span<const OperatorType> quantization_operators() { return operators; }

}  // namespace chipcast
