#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

TEST_CASE("the ResNet-50 stem: 7x7 stride 2 over 3x224x224 gives 64x112x112 and 236 MFLOP") {
  const Applied stem = apply("Conv", {data({1, 3, 224, 224}), weight({64, 3, 7, 7})},
                             {{"strides", Ints{2, 2}}, {"pads", Ints{3, 3, 3, 3}}});
  CHECK(stem.shape() == Shape{1, 64, 112, 112});
  CHECK(stem.cost.macs == 64 * 112 * 112 * (3 * 7 * 7) * mac);
  CHECK(stem.cost.flops == 236'027'904 * flop);
  CHECK(stem.cost.read_weights == 4 * (64 * 3 * 7 * 7) * byte);
  CHECK(stem.cost.written == 4 * (64 * 112 * 112) * byte);
  CHECK(stem.operator_class == OperatorClass::standard_convolution);
}

TEST_CASE("a bias is one addition per output element and no MAC") {
  const Applied bare = apply("Conv", {data({1, 8, 6, 6}), weight({4, 8, 1, 1})});
  const Applied biased = apply("Conv", {data({1, 8, 6, 6}), weight({4, 8, 1, 1}), weight({4})});
  CHECK(biased.cost.macs == bare.cost.macs);
  CHECK(biased.cost.flops == bare.cost.flops + 4 * 6 * 6 * flop);
  CHECK(biased.cost.read == bare.cost.read + 4 * 4 * byte);
}

TEST_CASE("classes: depthwise, grouped, pointwise") {
  const std::int64_t eight = 8, two = 2;
  CHECK(apply("Conv", {data({1, 8, 6, 6}), weight({8, 1, 3, 3})}, {{"group", eight}}).operator_class ==
        OperatorClass::depthwise_convolution);
  CHECK(apply("Conv", {data({1, 8, 6, 6}), weight({8, 4, 3, 3})}, {{"group", two}}).operator_class ==
        OperatorClass::grouped_convolution);
  CHECK(apply("Conv", {data({1, 8, 6, 6}), weight({8, 8, 1, 1})}).operator_class ==
        OperatorClass::pointwise_convolution);
}

TEST_CASE("a depthwise convolution multiplies each channel by itself") {
  const Applied conv =
      apply("Conv", {data({1, 32, 10, 10}), weight({32, 1, 3, 3})}, {{"group", std::int64_t{32}}});
  CHECK(conv.cost.macs == 32 * 8 * 8 * 9 * mac);
}

TEST_CASE("stride 2 of a 1x1 kernel reads every other row and column only") {
  const Applied conv = apply("Conv", {data({1, 4, 8, 8}), weight({4, 4, 1, 1})}, {{"strides", Ints{2, 2}}});
  CHECK(conv.cost.read - conv.cost.read_weights == 4 * (4 * 4 * 4) * byte);
}

TEST_CASE("quantized convolutions count MACs as floating ones do") {
  const Given x = data({1, 3, 8, 8}, DType::uint8), w = weight({6, 3, 3, 3}, DType::int8);
  const Given scale = weight({}), zero = weight({}, DType::uint8);
  const Applied integer = apply("ConvInteger", {x, w, zero});
  CHECK(integer.cost.macs == 6 * 6 * 6 * 27 * mac);
  CHECK(integer.dtype() == DType::int32);
  const Applied linear = apply("QLinearConv", {x, scale, zero, w, weight({6}), weight({6}, DType::int8),
                                               scale, weight({}, DType::int8), weight({6}, DType::int32)});
  CHECK(linear.error == "");
  CHECK(linear.dtype() == DType::int8);
  CHECK(linear.cost.macs == integer.cost.macs);
  CHECK(linear.cost.flops ==
        flops_of(linear.cost.macs) + (1 + 2) * (6 * 6 * 6) * flop);  // bias, then scale and zero
}

TEST_CASE("FusedConv adds a sum and an activation to each output") {
  const Applied fused = apply("com.microsoft.FusedConv",
                              {data({1, 2, 4, 4}), weight({2, 2, 1, 1}), absent(), data({1, 2, 4, 4})},
                              {{"activation", std::string("Sigmoid")}});
  CHECK(fused.cost.flops == flops_of(fused.cost.macs) + (1 + 3) * (2 * 4 * 4) * flop);
  CHECK(fused.cost.transcendentals == 2 * 4 * 4);
}

TEST_CASE("NhwcConv has its channels last") {
  const Applied conv = apply("com.microsoft.NhwcConv", {data({1, 8, 9, 3}), weight({5, 3, 3, 3})});
  CHECK(conv.shape() == Shape{1, 6, 7, 5});
  CHECK(conv.cost.macs == 6 * 7 * 5 * 27 * mac);
}

TEST_CASE("DeformConv multiplies as a convolution does and samples besides") {
  const Applied conv = apply("DeformConv", {data({1, 4, 6, 6}), weight({8, 4, 3, 3}), data({1, 18, 4, 4})});
  CHECK(conv.shape() == Shape{1, 8, 4, 4});
  CHECK(conv.cost.macs == 8 * 4 * 4 * (4 * 9) * mac);
  // 8 FLOPs for the corners of each tap and 7 for each channel's sample.
  CHECK(conv.cost.flops == flops_of(conv.cost.macs) + (8 * 9 * 16 + 7 * 4 * 9 * 16) * flop);
}

TEST_CASE("a transposed convolution doubles an image: MACs by the input") {
  const Applied up = apply("ConvTranspose", {data({1, 16, 7, 7}), weight({16, 8, 4, 4})},
                           {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
  CHECK(up.shape() == Shape{1, 8, 14, 14});  // 2 * (7 - 1) + 4 - 2
  CHECK(up.cost.macs == 16 * 7 * 7 * 8 * 16 * mac);
  CHECK(up.operator_class == OperatorClass::transposed_convolution);
}

TEST_CASE("a transposed convolution's output: output_padding, output_shape, auto_pad") {
  const auto shape = [](NamedAttributes attributes) {
    attributes.push_back({"strides", Ints{2}});
    return apply("ConvTranspose", {data({1, 1, 5}), weight({1, 1, 3})}, attributes).shape();
  };
  CHECK(shape({}) == Shape{1, 1, 11});  // 2 * 4 + 3
  CHECK(shape({{"output_padding", Ints{1}}}) == Shape{1, 1, 12});
  CHECK(shape({{"output_shape", Ints{10}}}) == Shape{1, 1, 10});
  CHECK(shape({{"output_shape", Ints{1, 1, 10}}}) == Shape{1, 1, 10});
  CHECK(shape({{"auto_pad", std::string("SAME_UPPER")}}) == Shape{1, 1, 10});  // 5 * 2
  CHECK(shape({{"auto_pad", std::string("VALID")}}) == Shape{1, 1, 11});
}

TEST_CASE("complaints name what contradicts what") {
  const auto error = [](Shape x, Shape w, NamedAttributes attributes = {}) {
    return apply("Conv", {data(std::move(x)), weight(std::move(w))}, std::move(attributes)).error;
  };
  CHECK(error({1, 3, 8, 8}, {4, 5, 3, 3}) ==
        "input of shape 1x3x8x8 has 3 channels, but weights of shape 4x5x3x3 in 1 group(s) take 5");
  CHECK(error({1, 3, 8, 8}, {4, 1, 3, 3}, {{"group", std::int64_t{3}}}) ==
        "4 filters do not divide into 3 groups");
  CHECK(error({1, 3, 8, 8}, {4, 3, 3, 3}, {{"kernel_shape", Ints{5, 5}}}) ==
        "attribute 'kernel_shape' (5x5) contradicts weights of shape 4x3x3x3");
  CHECK(error({1, 3, 2, 8}, {4, 3, 3, 3}) ==
        "a window reaching over 3 does not fit into 2 (padding 0 and 0)");
  CHECK(error({1, 3, 8, 8}, {4, 3, 3, 3}, {{"strides", Ints{1}}}) ==
        "attribute 'strides' has 1 entries, expected 2");
  CHECK(error({1, 3, 8, 8}, {4, 3, 3, 3}, {{"strides", Ints{0, 1}}}) ==
        "attribute 'strides' has the entry 0, expected 1 to 2^31");
  CHECK(error({1, 3, 8, 8}, {4, 3, 3, 3}, {{"auto_pad", std::string("SAME")}}) ==
        "attribute 'auto_pad' is 'SAME'; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  CHECK(error({3, 8}, {4, 3, 3, 3}) == "input 0 has shape 3x8; expected 3 to 5 dimensions");
  CHECK(apply("Conv", {data({1, 3, 8, 8}), weight({4, 3, 3, 3}), weight({3})}).error ==
        "the bias has shape 3; expected 4 values, one a filter");
  CHECK(apply("com.microsoft.FusedConv", {data({1, 3, 8, 8}), weight({4, 3, 3, 3})},
              {{"activation", std::string("Rely")}})
            .error == "attribute 'activation' is 'Rely', which is no known activation");
}

}  // namespace
}  // namespace chipcast
