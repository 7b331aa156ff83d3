#include <doctest/doctest.h>

#include "ops/moves.hpp"

using namespace chipcast;

TEST_CASE("activations cost what their formula takes, element by element") {
  struct Row {
    const char* name;
    std::int64_t flops, transcendentals;
  };
  const Row rows[] = {
      {"Relu", 1, 0},       // max
      {"LeakyRelu", 2, 0},  // product, max
      {"Sigmoid", 3, 1},    // negation, exp, sum, quotient
      {"Tanh", 0, 1},
      {"HardSwish", 5, 0},  // x * max(0, min(1, x / 6 + 0.5))
      {"Elu", 3, 1},        // comparison, exp, difference, product
      {"Gelu", 4, 1},       // quotient, erf, sum, two products
      {"Mish", 2, 3},       // exp, sum, log, tanh, product
      {"com.microsoft.QuickGelu", 5, 1},
      {"com.microsoft.FastGelu", 8, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Applied applied = apply(row.name, {data({2, 5})});
    REQUIRE(applied.error == "");
    CHECK(applied.shape() == Shape{2, 5});
    CHECK(applied.cost.flops == 10 * row.flops * flop);
    CHECK(applied.cost.transcendentals == 10 * row.transcendentals);
    CHECK(applied.cost.bytes() == 2 * 10 * 4 * byte);
    CHECK(applied.operator_class == OperatorClass::activation);
  }
}

TEST_CASE("Gelu by tanh: x*x*x, product, sum, product, tanh, sum, two products") {
  const Applied gelu = apply("Gelu", {data({10})}, {{"approximate", std::string("tanh")}});
  CHECK(gelu.cost.flops == 10 * 8 * flop);
}

TEST_CASE("a bias is one more addition") {
  CHECK(apply("com.microsoft.BiasGelu", {data({4, 8}), data({8})}).cost.flops == 32 * (4 + 1) * flop);
  CHECK(apply("com.microsoft.FastGelu", {data({4, 8}), data({8})}).cost.flops == 32 * (8 + 1) * flop);
  CHECK(apply("com.microsoft.BiasGelu", {data({4, 8}), data({7})}).error ==
        "a bias of shape 7 does not broadcast to shape 4x8");
}

TEST_CASE("BiasSplitGelu multiplies one half by the Gelu of the other") {
  const Applied split = apply("com.microsoft.BiasSplitGelu", {data({2, 3, 8}), data({8})});
  CHECK(split.shape() == Shape{2, 3, 4});
  CHECK(split.cost.flops ==
        (2 * 3 * 8 + 5 * 2 * 3 * 4) * flop);  // all biased; half of it Gelu (4) and product
  CHECK(split.cost.read == 4 * (48 + 8) * byte);
}

TEST_CASE(
    "PRelu: the slope broadcasts to x, never x to the slope; before opset 7 it lay along the channels") {
  CHECK(apply("PRelu", {data({2, 3, 4}), data({3, 1})}).cost.flops == 2 * 24 * flop);
  CHECK(apply("PRelu", {data({2, 3, 4}), data({3, 1})}).cost.read == 4 * (24 + 3) * byte);
  CHECK(apply("PRelu", {data({3, 1}), data({2, 3, 4})}).error != "");
  CHECK(apply("PRelu", {data({2, 3, 4}), data({3})}, {}, 1, 6).error == "");
  CHECK(apply("PRelu", {data({2, 3, 4}), data({3})}, {}, 1, 7).error != "");
}

TEST_CASE("Softmax: maximum; difference, exp, sum; quotient") {
  const Applied softmax = apply("Softmax", {data({4, 10})});
  CHECK(softmax.cost.flops == 40 * 4 * flop);
  CHECK(softmax.cost.transcendentals == 40);
  CHECK(softmax.cost.read == 160 * byte);
  CHECK(softmax.cost.written == 160 * byte);
}

TEST_CASE("LogSoftmax takes one logarithm a row; up to opset 12 a row was everything from `axis` on") {
  CHECK(apply("LogSoftmax", {data({2, 3, 5})}).cost.transcendentals == 30 + 2 * 3);
  CHECK(apply("LogSoftmax", {data({2, 3, 5})}, {}, 1, 12).cost.transcendentals == 30 + 2);
  CHECK(apply("LogSoftmax", {data({2, 3, 5})}, {{"axis", std::int64_t{3}}}, 1, 12).cost.transcendentals ==
        30 + 30);
  CHECK(apply("LogSoftmax", {data({0, 3})}).cost.transcendentals == 0);
  CHECK(apply("Softmax", {data({2, 3})}, {{"axis", std::int64_t{2}}}).error ==
        "axis 2 is outside a tensor of 2 dimensions");
}
