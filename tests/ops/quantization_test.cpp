#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

const Given scale = weight({});
const Given zero = weight({}, DType::uint8);

TEST_CASE("a quantized tensor has its zero point's type, else the attribute's, else uint8") {
  CHECK(apply("QuantizeLinear", {data({2, 3}), scale, weight({}, DType::int8)}).dtype() == DType::int8);
  CHECK(apply("QuantizeLinear", {data({2, 3}), scale}).dtype() == DType::uint8);
  constexpr std::int64_t onnx_int16 = 5;  // TensorProto.INT16
  CHECK(apply("QuantizeLinear", {data({2, 3}), scale}, {{"output_dtype", onnx_int16}}, 1, 21).dtype() ==
        DType::int16);
}

TEST_CASE("a dequantized tensor has its scale's type") {
  CHECK(apply("DequantizeLinear", {data({2, 3}, DType::int8), weight({}, DType::float16)}).dtype() ==
        DType::float16);
}

TEST_CASE("a division and an addition per value; without a zero point the division alone") {
  CHECK(apply("QuantizeLinear", {data({10, 10}), scale, zero}).cost.flops == 200 * flop);
  CHECK(apply("QuantizeLinear", {data({10, 10}), scale}).cost.flops == 100 * flop);
}

TEST_CASE("scales per tensor, per axis and per block are read once each") {
  const Given x = data({8, 64}, DType::int8);
  const std::int64_t one = 1, block = 16;
  const Bytes values = 8 * 64 * byte;
  CHECK(apply("DequantizeLinear", {x, scale}).cost.read == values + 4 * byte);
  CHECK(apply("DequantizeLinear", {x, weight({64})}, {{"axis", one}}).cost.read == values + 4 * 64 * byte);
  CHECK(apply("DequantizeLinear", {x, weight({8, 4})}, {{"axis", one}, {"block_size", block}}, 1, 21)
            .cost.read == values + 4 * (8 * 4) * byte);
}

TEST_CASE("DynamicQuantizeLinear passes twice over its input and gives scale and zero point") {
  const Applied dynamic = apply("DynamicQuantizeLinear", {data({10, 10})}, {}, 3);
  CHECK(dynamic.dtype(0) == DType::uint8);
  CHECK(dynamic.dtype(1) == DType::float32);
  CHECK(dynamic.shape(2) == Shape{});
  CHECK(dynamic.cost.flops == (2 * 100 + 5 + 2 * 100) * flop);
}

TEST_CASE("QLinearAdd: both operands to real numbers, a sum, and back") {
  const Applied sum = apply("com.microsoft.QLinearAdd", {data({4, 5}, DType::uint8), scale, zero,
                                                         data({5}, DType::uint8), scale, zero, scale, zero});
  CHECK(sum.shape() == Shape{4, 5});
  CHECK(sum.cost.flops == (2 + 2 + 1 + 2) * 20 * flop);
}

TEST_CASE("QLinearConcat writes the parts of its output side by side") {
  const Applied joined =
      apply("com.microsoft.QLinearConcat",
            {scale, zero, data({2, 3}, DType::uint8), scale, zero, data({2, 4}, DType::uint8), scale, zero},
            {{"axis", std::int64_t{1}}});
  CHECK(joined.shape() == Shape{2, 7});
  CHECK(joined.cost.written == 2 * 7 * byte);
}

TEST_CASE("roles: constants of quantized operators are weights, scales and zero points apart") {
  const OperatorType* conv = find_operator("", "QLinearConv");
  CHECK(conv->roles[3] == InputRole::quantized);
  CHECK(conv->roles[4] == InputRole::scale);
  CHECK(conv->roles[5] == InputRole::zero_point);
  CHECK(conv->roles[8] == InputRole::quantized);  // the bias, int32
}

TEST_CASE("complaints name what contradicts what") {
  CHECK(apply("QuantizeLinear", {data({2, 3}), weight({2})}).error ==
        "a scale of shape 2 for a tensor of shape 2x3 quantized along axis 1; expected 3");
  CHECK(apply("QuantizeLinear", {data({2, 3}), weight({3}), weight({2}, DType::int8)}).error ==
        "a zero point of shape 2 beside a scale of shape 3");
  CHECK(apply("com.microsoft.QLinearAdd",
              {data({4, 5}, DType::uint8), scale, zero, data({4}, DType::uint8), scale, zero, scale, zero})
            .error == "shapes 4x5 and 4 do not broadcast");
}

}  // namespace
}  // namespace chipcast
