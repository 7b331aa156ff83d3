// One step of training.
#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

const Given scalar = data({});
const Given wide = data({3, 5});
const Given narrow = data({2});

}  // namespace

TEST_CASE("Adam hands on every tensor it trains and the two states of each") {
  const Applied step = apply("ai.onnx.preview.training.Adam",
                             {scalar, scalar, wide, narrow, wide, narrow, wide, narrow, wide, narrow}, {}, 6);
  CHECK(step.error == "");
  CHECK(step.shape(0) == Shape{3, 5});
  CHECK(step.shape(1) == Shape{2});
  CHECK(step.shape(4) == Shape{3, 5});
  CHECK(step.shape(5) == Shape{2});
  // n X + G: 2; a V + (1 - a) G: 3; b H + (1 - b) G G: 4; X - r V / (sqrt(H) + e): 4 and the root.
  CHECK(step.cost.flops == (3 * 5 + 2) * 13 * flop);
  CHECK(step.cost.transcendentals == 3 * 5 + 2);
  CHECK(step.cost.read == 4 * (2 + 4 * (3 * 5 + 2)) * byte);
  CHECK(step.cost.written == 4 * 3 * (3 * 5 + 2) * byte);
}

TEST_CASE(
    "Adagrad and Momentum have one state for each tensor, and Nesterov's step costs two more operations") {
  CHECK(apply("ai.onnx.preview.training.Adagrad", {scalar, scalar, wide, wide, wide}, {}, 2).cost.flops ==
        3 * 5 * 8 * flop);
  CHECK(apply("ai.onnx.preview.training.Momentum", {scalar, scalar, wide, wide, wide}, {}, 2).cost.flops ==
        3 * 5 * 7 * flop);
  CHECK(apply("ai.onnx.preview.training.Momentum", {scalar, scalar, wide, wide, wide},
              {{"mode", std::string("nesterov")}}, 2)
            .cost.flops == 3 * 5 * 9 * flop);
}

TEST_CASE("an optimizer refuses lists that do not fit each other") {
  CHECK(apply("ai.onnx.preview.training.Adam", {scalar, scalar, wide, wide, wide}).error ==
        "it has 5 inputs, expected 2 and 4 for each tensor it trains");
  CHECK(apply("ai.onnx.preview.training.Momentum", {scalar, scalar, wide, wide, narrow}, {}, 2).error ==
        "a tensor and its state differ in shape");
}

}  // namespace chipcast
