// MatMul, Gemm, their quantized kin, Einsum.
#include <doctest/doctest.h>

#include "ops/apply.hpp"

namespace chipcast {
namespace {

TEST_CASE("MatMul: vectors lose their axis, stacks broadcast") {
  const auto shape = [](Shape a, Shape b) {
    return apply("MatMul", {data(std::move(a)), data(std::move(b))}).shape();
  };
  CHECK(shape({4, 5}, {5, 6}) == Shape{4, 6});
  CHECK(shape({5}, {5, 6}) == Shape{6});
  CHECK(shape({4, 5}, {5}) == Shape{4});
  CHECK(shape({5}, {5}) == Shape{});
  CHECK(shape({2, 1, 4, 5}, {3, 5, 6}) == Shape{2, 3, 4, 6});
}

TEST_CASE("a projection of BERT-base: 128 tokens of 768 values") {
  const Applied dense = apply("MatMul", {data({1, 128, 768}), weight({768, 3072})});
  CHECK(dense.cost.macs == 128 * 768 * 3072 * mac);
  CHECK(dense.cost.read_weights == 4 * 768 * 3072 * byte);
  CHECK(dense.operator_class == OperatorClass::dense);
}

TEST_CASE("two stacks of activations are attention, with a stored operand it is a dense layer") {
  CHECK(apply("MatMul", {data({1, 12, 128, 64}), data({1, 12, 64, 128})}).operator_class ==
        OperatorClass::attention);
  CHECK(apply("MatMul", {data({1, 12, 128, 64}), weight({1, 12, 64, 128})}).operator_class ==
        OperatorClass::dense);
  CHECK(apply("MatMul", {data({128, 64}), data({64, 128})}).operator_class == OperatorClass::dense);
}

TEST_CASE("a broadcast stack is read once") {
  const Applied product = apply("MatMul", {data({8, 4, 5}), data({1, 5, 6})});
  CHECK(product.cost.macs == 8 * 4 * 5 * 6 * mac);
  CHECK(product.cost.read == 4 * (8 * 4 * 5 + 5 * 6) * byte);
}

TEST_CASE("Gemm: C is an addition, alpha and beta other than one a product each") {
  const Given a = data({4, 5}), b = weight({6, 5}), c = weight({6});
  const std::int64_t yes = 1;
  const Applied plain = apply("Gemm", {a, b, c}, {{"transB", yes}});
  CHECK(plain.shape() == Shape{4, 6});
  CHECK(plain.cost.macs == 4 * 5 * 6 * mac);
  CHECK(plain.cost.flops == (2 * 4 * 5 * 6 + 4 * 6) * flop);
  const Applied scaled = apply("Gemm", {a, b, c}, {{"transB", yes}, {"alpha", 0.5}, {"beta", 2.0}});
  CHECK(scaled.cost.flops == plain.cost.flops + (4 * 6 + 6) * flop);
}

TEST_CASE("FusedMatMul transposes rows with columns, or rows past the stack") {
  const std::int64_t yes = 1;
  CHECK(apply("com.microsoft.FusedMatMul", {data({2, 5, 4}), data({2, 6, 5})},
              {{"transA", yes}, {"transB", yes}})
            .shape() == Shape{2, 4, 6});
  CHECK(apply("com.microsoft.FusedMatMul", {data({4, 2, 3, 5}), data({2, 3, 5, 6})}, {{"transBatchA", yes}})
            .shape() == Shape{2, 3, 4, 6});
}

TEST_CASE("quantized products have the result types that their operators promise") {
  const Given a = data({3, 4}, DType::uint8), b = weight({4, 5}, DType::int8);
  const Given scale = weight({}), zero = weight({}, DType::uint8);
  CHECK(apply("MatMulInteger", {a, b}).dtype() == DType::int32);
  const Given output_zero = weight({}, DType::int8);
  CHECK(apply("QLinearMatMul", {a, scale, zero, b, scale, zero, scale, output_zero}).dtype() == DType::int8);
  CHECK(apply("com.microsoft.MatMulIntegerToFloat", {a, b, scale, scale}).dtype() == DType::float32);
  CHECK(apply("com.microsoft.DynamicQuantizeMatMul", {data({3, 4}), b, scale}).dtype() == DType::float32);
  CHECK(apply("com.microsoft.QGemm", {a, scale, zero, b, scale, zero}).dtype() == DType::float32);
  CHECK(
      apply("com.microsoft.QGemm", {a, scale, zero, b, scale, zero, absent(), scale, output_zero}).dtype() ==
      DType::int8);
}

TEST_CASE("MatMulNBits: 4-bit weights in blocks of 32, taken apart at 2 FLOPs each") {
  const std::int64_t n = 64, k = 128, block = 32;
  const Applied product =
      apply("com.microsoft.MatMulNBits",
            {data({1, 10, k}), weight({n, k / block, 16}, DType::uint8), weight({n * k / block})},
            {{"N", n}, {"K", k}, {"bits", std::int64_t{4}}, {"block_size", block}});
  CHECK(product.error == "");
  CHECK(product.shape() == Shape{1, 10, 64});
  CHECK(product.cost.macs == 10 * n * k * mac);
  CHECK(product.cost.flops == flops_of(product.cost.macs) + 2 * n * k * flop);
  CHECK(product.cost.read_weights == (n * k / 2 + 4 * n * k / block) * byte);
}

TEST_CASE("Einsum: two operands multiply every combination of labels") {
  const auto einsum = [](std::string equation, std::vector<Given> inputs) {
    return apply("Einsum", std::move(inputs), {{"equation", std::move(equation)}});
  };
  const Applied scores = einsum("bhid,bhjd->bhij", {data({2, 12, 7, 64}), data({2, 12, 9, 64})});
  CHECK(scores.shape() == Shape{2, 12, 7, 9});
  CHECK(scores.cost.macs == 2 * 12 * 7 * 9 * 64 * mac);
  CHECK(scores.operator_class == OperatorClass::attention);
  CHECK(einsum("ij,jk", {data({3, 4}), weight({4, 5})}).shape() ==
        Shape{3, 5});                                          // implicit: i and k occur once
  CHECK(einsum("ba", {data({3, 4})}).shape() == Shape{4, 3});  // implicit: in alphabetical order
  CHECK(einsum("...ij,...jk->...ik", {data({2, 1, 3, 4}), data({5, 4, 6})}).shape() == Shape{2, 5, 3, 6});
}

TEST_CASE("Einsum: one operand is no product, a diagonal touches one axis' worth") {
  const Applied trace = apply("Einsum", {data({6, 6})}, {{"equation", std::string("ii->")}});
  CHECK(trace.cost.macs == 0 * mac);
  CHECK(trace.cost.flops == 6 * flop);
  CHECK(trace.cost.read == 4 * 6 * byte);
}

TEST_CASE("Einsum: three operands multiply from left to right") {
  const Applied chain = apply("Einsum", {data({2, 3}), data({3, 4}), data({4, 5})},
                              {{"equation", std::string("ij,jk,kl->il")}});
  CHECK(chain.cost.macs == (2 * 3 * 4 + 2 * 4 * 5) * mac);
}

TEST_CASE("complaints name what contradicts what") {
  CHECK(apply("MatMul", {data({4, 5}), data({6, 7})}).error ==
        "shapes 4x5 and 6x7 do not multiply: 5 columns meet 6 rows");
  CHECK(apply("MatMul", {data({2, 4, 5}), data({3, 5, 6})}).error ==
        "shapes 2x4x5 and 3x5x6 do not multiply: their stacks do not broadcast");
  CHECK(apply("MatMul", {data({}), data({5, 6})}).error ==
        "input 0 is a scalar; a product takes vectors and matrices");
  CHECK(apply("Gemm", {data({4, 5}), data({6, 5})}).error ==
        "shapes 4x5 and 6x5 do not multiply: 5 columns meet 6 rows");
  CHECK(apply("Gemm", {data({4, 5}), data({5, 6}), data({5})}).error ==
        "input C of shape 5 does not broadcast to the product's 4x6");
  const auto error = [](std::string equation) {
    return apply("Einsum", {data({2, 3}), data({4, 5})}, {{"equation", std::move(equation)}}).error;
  };
  CHECK(error("ij,jk->ik") == "label 'j' is 3 in one operand and 4 in input 1 of shape 4x5");
  CHECK(error("ij->ij") == "equation 'ij->ij' has 1 operands, the operator has 2");
  CHECK(error("ij,kl->im") == "equation 'ij,kl->im' has label 'm' in its output only");
  CHECK(error("ijk,kl->i") == "equation 'ijk,kl->i' gives input 0 3 axes, but its shape is 2x3");
}

}  // namespace
}  // namespace chipcast
