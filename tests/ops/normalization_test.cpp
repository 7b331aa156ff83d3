#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

TEST_CASE("BatchNormalization: two FLOPs an element, four and a root a channel") {
  const Given c = weight({8});
  const Applied norm = apply("BatchNormalization", {data({1, 8, 5, 5}), c, c, c, c});
  CHECK(norm.shape() == Shape{1, 8, 5, 5});
  CHECK(norm.cost.flops == (2 * 8 * 25 + 4 * 8) * flop);
  CHECK(norm.cost.transcendentals == 8);
  CHECK(norm.cost.read == 4 * (8 * 25 + 4 * 8) * byte);
}

TEST_CASE("BatchNormalization: mean and variance are statistics, not parameters") {
  const OperatorType* norm = find_operator("", "BatchNormalization");
  CHECK(norm->roles[1] == InputRole::data);
  CHECK(norm->roles[2] == InputRole::data);
  CHECK(norm->roles[3] == InputRole::statistic);
  CHECK(norm->roles[4] == InputRole::statistic);
}

TEST_CASE("BatchNormalization in training gives the moved statistics, and passes over the data for them") {
  const Given c = weight({8});
  const Applied norm =
      apply("BatchNormalization", {data({2, 8, 5}), c, c, c, c}, {{"training_mode", std::int64_t{1}}}, 3);
  CHECK(norm.shape(1) == Shape{8});
  CHECK(norm.shape(2) == Shape{8});
  CHECK(norm.cost.flops == ((1 + 3 + 2) * 2 * 8 * 5 + (4 + 6) * 8) * flop);
}

TEST_CASE("LayerNormalization: mean 1, variance 3, scaling 2, scale and bias 1 each; four and a root a row") {
  const Applied norm = apply("LayerNormalization", {data({1, 128, 768}), weight({768}), weight({768})});
  CHECK(norm.cost.flops == ((1 + 3 + 2 + 2) * 128 * 768 + 4 * 128) * flop);
  CHECK(norm.cost.transcendentals == 128);
  const Applied with_statistics =
      apply("LayerNormalization", {data({2, 3, 4}, DType::float16), weight({3, 4})},
            {{"axis", std::int64_t{1}}}, 3);
  CHECK(with_statistics.shape(1) == Shape{2, 1, 1});
  CHECK(with_statistics.dtype(1) == DType::float32);
}

TEST_CASE("RMS normalization: no mean is taken off") {
  const Applied norm = apply("RMSNormalization", {data({1, 10, 64}), weight({64})});
  CHECK(norm.cost.flops == ((2 + 1 + 1) * 10 * 64 + 3 * 10) * flop);
  CHECK(apply("SimplifiedLayerNormalization", {data({1, 10, 64}), weight({64})}).cost.flops ==
        norm.cost.flops);
}

TEST_CASE("instance and group normalization differ in whose statistics they take") {
  const Applied instance = apply("InstanceNormalization", {data({2, 6, 4, 4}), weight({6}), weight({6})});
  CHECK(instance.cost.flops == (8 * 2 * 6 * 16 + 4 * 2 * 6) * flop);
  const Applied group = apply("GroupNormalization", {data({2, 6, 4, 4}), weight({6}), weight({6})},
                              {{"num_groups", std::int64_t{3}}}, 1, 21);
  CHECK(group.cost.flops == (8 * 2 * 6 * 16 + 4 * 2 * 3) * flop);
}

TEST_CASE("AlexNet's LRN: two FLOPs a neighbour, three and a power a value") {
  const Applied norm = apply("LRN", {data({1, 96, 27, 27})}, {{"size", std::int64_t{5}}});
  CHECK(norm.cost.flops == (2 * 5 + 3) * 96 * 27 * 27 * flop);
  CHECK(norm.cost.transcendentals == 96 * 27 * 27);
}

TEST_CASE("SkipLayerNormalization adds first; its fourth output is the sum") {
  const Given h = weight({16});
  const Applied norm =
      apply("com.microsoft.SkipLayerNormalization", {data({2, 5, 16}), data({2, 5, 16}), h, h, h}, {}, 4);
  CHECK(norm.shape(3) == Shape{2, 5, 16});
  CHECK(norm.cost.flops == ((1 + 1 + 8) * 2 * 5 * 16 + 4 * 2 * 5) * flop);
}

TEST_CASE("EmbedLayerNormalization reads the rows that the tokens name") {
  const DType int32 = DType::int32;
  const Applied embed = apply("com.microsoft.EmbedLayerNormalization",
                              {data({1, 8}, int32), absent(), weight({30522, 16}), weight({512, 16}),
                               absent(), weight({16}), weight({16})},
                              {}, 2);
  CHECK(embed.shape() == Shape{1, 8, 16});
  CHECK(embed.cost.read_weights == 4 * (8 * 16 + 8 * 16 + 16 + 16) * byte);
}

TEST_CASE("complaints name what contradicts what") {
  const Given c = weight({8});
  CHECK(apply("BatchNormalization", {data({1, 8, 5}), c, c, weight({7}), c}).error ==
        "the mean (input 3) has shape 7; input of shape 1x8x5 takes 8 values");
  CHECK(apply("LayerNormalization", {data({2, 3, 4}), weight({3})}).error ==
        "the scale of shape 3 does not broadcast to the normalized axes (4)");
  CHECK(apply("LayerNormalization", {data({2, 3, 4}), weight({4})}, {{"axis", std::int64_t{3}}}).error ==
        "axis 3 is outside a tensor of 3 dimensions");
  CHECK(apply("GroupNormalization", {data({2, 6, 4}), weight({6}), weight({6})},
              {{"num_groups", std::int64_t{4}}})
            .error == "6 channels of input of shape 2x6x4 do not divide into 4 groups");
}

}  // namespace
}  // namespace chipcast
