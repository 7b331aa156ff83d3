// The operator that the README shows; tests/cli/readme_test.cpp holds the README to the lines between the marks.
#include <doctest/doctest.h>

#include "ops/apply.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// clang-format off
// README begins
void scale_rule(Inference& op) { op.output(0, op.dtype(0), op.shape(0)); }
Work scale_work(Inference& op) { return work_of(pointwise_nest(op, {0, 1}, {.flops = 1})); }  // x and its scale

constexpr OperatorType operators[] = {
    {.name = "ChannelScale", .operator_class = OperatorClass::elementwise, .least_inputs = 2, .most_inputs = 2,
     .rule = scale_rule, .work = scale_work},
};
// README ends
// clang-format on

TEST_CASE("the README's operator: a scale for each of 4 channels of 8x8, read once") {
  const TensorType x = {DType::float32, {1, 4, 8, 8}}, scale = {DType::float32, {4, 1, 1}};
  const Attributes attributes;
  Inference op(operators[0], 17, attributes, {{.type = &x}, {.type = &scale, .is_weight = true}}, 1);
  operators[0].rule(op);
  REQUIRE(!op.failed());
  const Cost cost = cost_of(operators[0].work(op), op);
  CHECK(cost.flops == 4 * 8 * 8 * flop);
  CHECK(cost.read_weights == 4 * 4 * byte);
  CHECK(cost.bytes() == (2 * 4 * 8 * 8 + 4) * 4 * byte);
}

}  // namespace
}  // namespace chipcast
