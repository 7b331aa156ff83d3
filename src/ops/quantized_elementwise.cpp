// com.microsoft's operators over 8-bit values: taken to real numbers, computed, taken back.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

constexpr PointWork to_real = {.flops = 2};    // minus the zero point, times the scale
constexpr PointWork from_real = {.flops = 2};  // divided by the scale, plus the zero point

PointWork operator+(PointWork a, PointWork b) {
  return {a.macs + b.macs, a.flops + b.flops, a.transcendentals + b.transcendentals};
}

// Scales and zero points are scalars: each is read once.
void read_scalars(const Inference& op, std::initializer_list<int> inputs, Work& work) {
  LoopNest nest;
  for (const int input : inputs) read_per_channel(nest, op, input, Affine(0));
  work.nests.push_back(std::move(nest));
}

// ---- QLinearAdd, QLinearMul: A, its scale and zero point; B, its scale and zero point; C's scale and zero point ------

void binary_rule(Inference& op) {
  const auto shape = broadcast(op.shape(0), op.shape(3));
  if (!shape) {
    op.fail(fmt::format("shapes {} and {} do not broadcast", format(op.shape(0)), format(op.shape(3))));
    return;
  }
  for (const int scale : {1, 2, 4, 5, 6, 7}) expect_per_channel(op, scale, 1, "scale or zero point");
  op.output(0, dtype_or(op, 7, op.dtype(0)), *shape);
}

Work binary_work(Inference& op) {
  const PointWork point = to_real + to_real + PointWork{.flops = 1} + from_real;
  Work work = work_of(pointwise_nest(op, {0, 3}, point));
  read_scalars(op, {1, 2, 4, 5, 6, 7}, work);
  return work;
}

// ---- QLinearSigmoid, QLinearLeakyRelu, QLinearSoftmax: X, its scale and zero point; Y's scale and zero point ---------

void unary_rule(Inference& op) {
  for (const int scale : {1, 2, 3, 4}) expect_per_channel(op, scale, 1, "scale or zero point");
  op.output(0, dtype_or(op, 4, op.dtype(0)), op.shape(0));
}

// As the formula has it; an engine may look the 256 results up instead.
Work activation_work(Inference& op) {
  const auto cost = activation_cost(op.type().name == "QLinearSigmoid" ? "Sigmoid" : "LeakyRelu");
  Work work = work_of(pointwise_nest(op, {0}, to_real + cost.value_or(PointWork{}) + from_real));
  read_scalars(op, {1, 2, 3, 4}, work);
  return work;
}

void softmax_rule(Inference& op) {
  op.normalized_axis(op.int_or("axis", -1), op.rank(0));
  unary_rule(op);
}

// The maximum; the exponential of the difference and its sum; the division.
Work softmax_work(Inference& op) {
  Work work = work_of(reading_pass(op, 0, {.flops = 1}));
  work.nests.push_back(pointwise_nest(op, {0}, to_real + PointWork{.flops = 2, .transcendentals = 1}));
  work.nests.push_back(pointwise_nest(op, {}, PointWork{.flops = 1} + from_real));
  read_scalars(op, {1, 2, 3, 4}, work);
  return work;
}

// ---- QLinearConcat: Y's scale and zero point; then each tensor with its scale and zero point --------------------------

void concat_rule(Inference& op) {
  const int count = op.input_count();
  if (count < 5 || count % 3 != 2) {
    op.fail(fmt::format("{} inputs; expected a scale and a zero point, then three for each tensor", count));
    return;
  }
  Shape output = op.shape(2);
  const std::int64_t axis = op.normalized_axis(op.required_int("axis"), output.rank());
  if (op.failed()) return;
  for (int input = 5; input < count; input += 3) {
    Shape shape = op.shape(input);
    if (shape.rank() == output.rank()) {
      const std::int64_t total = saturating_add(output[axis], shape[axis]);
      output[axis] = shape[axis];
      const bool fits = shape == output;
      output[axis] = total;
      if (fits) continue;
    }
    op.fail(fmt::format("input {} of shape {} does not continue input 2 of shape {} along axis {}", input,
                        format(shape), format(op.shape(2)), axis));
    return;
  }
  op.output(0, dtype_or(op, 1, op.dtype(2)), std::move(output));
}

// Every value to its real number and back at the output's scale.
Work concat_work(Inference& op) {
  const Shape& output = op.output_type(0).shape;
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), output.rank());
  Work work;
  std::int64_t offset = 0;
  ExplicitWork whole;  // each nest writes a part of the output
  for (int input = 2; input < op.input_count(); input += 3) {
    const Shape& shape = op.shape(input);
    LoopNest nest;
    std::vector<Affine> at;
    for (const std::int64_t extent : shape) at.push_back(nest.loop("i", extent));
    nest.read(input_operand(input), shape, at);
    at[static_cast<std::size_t>(axis)] = at[static_cast<std::size_t>(axis)] - (-offset);
    nest.write(output_operand(0), output, std::move(at));
    nest.each_point(to_real + from_real);
    work.nests.push_back(std::move(nest));
    read_scalars(op, {input + 1, input + 2}, work);
    offset = saturating_add(offset, shape[axis]);
  }
  read_scalars(op, {0, 1}, work);
  whole.elements_written = {output.elements()};
  work.stated = std::move(whole);
  return work;
}

constexpr std::string_view microsoft = "com.microsoft";
using enum InputRole;

constexpr OperatorType binary(std::string_view name) {
  return {.domain = microsoft,
          .name = name,
          .operator_class = OperatorClass::elementwise,
          .least_inputs = 7,
          .most_inputs = 8,
          .rule = binary_rule,
          .work = binary_work,
          .roles = {quantized, scale, zero_point, quantized, scale, zero_point, scale, zero_point}};
}
constexpr OperatorType unary(std::string_view name, OperatorClass operator_class, void (*rule)(Inference&),
                             Work (*work)(Inference&)) {
  return {.domain = microsoft,
          .name = name,
          .operator_class = operator_class,
          .least_inputs = 4,
          .most_inputs = 5,
          .rule = rule,
          .work = work,
          .roles = {data, scale, zero_point, scale, zero_point}};
}

constexpr OperatorType operators[] = {
    binary("QLinearAdd"),
    binary("QLinearMul"),
    unary("QLinearSigmoid", OperatorClass::activation, unary_rule, activation_work),
    unary("QLinearLeakyRelu", OperatorClass::activation, unary_rule, activation_work),
    unary("QLinearSoftmax", OperatorClass::softmax, softmax_rule, softmax_work),
    {.domain = microsoft,
     .name = "QLinearConcat",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 5,
     .most_inputs = any_number,
     .rule = concat_rule,
     .work = concat_work,
     .roles = {scale, zero_point, quantized, scale, zero_point, quantized, scale, zero_point, quantized,
               scale, zero_point, zero_point}},
};

}  // namespace

std::span<const OperatorType> quantized_elementwise_operators() { return operators; }

}  // namespace chipcast
