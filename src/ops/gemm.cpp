// Gemm, its quantized and fused forms, and MatMulNBits: one matrix times one stored matrix.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

struct Gemm {
  bool transpose_a = false, transpose_b = false;
  std::int64_t m = 1, n = 1, k = 1;
};

Gemm read_gemm(Inference& op, int b_input) {
  Gemm g;
  if (!op.expect_rank(0, 2, 2) || !op.expect_rank(b_input, 2, 2)) return g;
  const Shape& a = op.shape(0);
  const Shape& b = op.shape(b_input);
  g.transpose_a = op.int_or("transA", 0) != 0;
  g.transpose_b = op.int_or("transB", 0) != 0;
  g.m = a[g.transpose_a ? 1 : 0];
  g.k = a[g.transpose_a ? 0 : 1];
  g.n = b[g.transpose_b ? 0 : 1];
  const std::int64_t rows = b[g.transpose_b ? 1 : 0];
  if (g.k != rows) {
    op.fail(fmt::format("shapes {}{} and {}{} do not multiply: {} columns meet {} rows", format(a),
                        g.transpose_a ? " (transposed)" : "", format(b), g.transpose_b ? " (transposed)" : "",
                        g.k, rows));
  }
  return g;
}

void gemm_rule(Inference& op, int b_input, int c_input, DType result) {
  const Gemm g = read_gemm(op, b_input);
  Shape output = {g.m, g.n};
  if (op.has(c_input) && broadcast(op.shape(c_input), output) != output) {
    op.fail(fmt::format("input C of shape {} does not broadcast to the product's {}",
                        format(op.shape(c_input)), format(output)));
  }
  op.output(0, result, std::move(output));
}

LoopNest gemm_nest(Inference& op, int b_input) {
  const Gemm g = read_gemm(op, b_input);
  LoopNest nest;
  const Affine m = nest.loop("m", g.m);
  const Affine n = nest.loop("n", g.n);
  const Affine k = nest.loop("k", g.k);
  using Axes = std::vector<Affine>;
  nest.read(input_operand(0), op.shape(0), g.transpose_a ? Axes{k, m} : Axes{m, k});
  nest.read(input_operand(b_input), op.shape(b_input), g.transpose_b ? Axes{n, k} : Axes{k, n});
  nest.write(output_operand(0), op.output_type(0).shape, {m, n});
  nest.each_point({.macs = 1});
  return nest;
}

// alpha A B + beta C: a factor of one is no operation.
Work gemm_work(Inference& op) {
  Work work = work_of(gemm_nest(op, 1));
  if (op.real_or("alpha", 1) != 1) work.nests.push_back(activation_nest(op, {.flops = 1}));
  if (op.has(2)) {
    if (op.real_or("beta", 1) != 1) work.nests.push_back(reading_pass(op, 2, {.flops = 1}));
    work.nests.push_back(pointwise_nest(op, {2}, {.flops = 1}));
  }
  if (const auto cost = activation_cost(op.text_or("activation", ""))) {
    work.nests.push_back(activation_nest(op, *cost));
  }
  return work;
}

void plain_gemm_rule(Inference& op) { gemm_rule(op, 1, 2, op.dtype(0)); }

void fused_gemm_rule(Inference& op) {
  const std::string activation = op.text_or("activation", "");
  if (!activation.empty() && !activation_cost(activation)) {
    op.fail(fmt::format("attribute 'activation' is '{}', which is no known activation", activation));
  }
  plain_gemm_rule(op);
}

// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point; without y_scale the output is float.
void quantized_gemm_rule(Inference& op) {
  gemm_rule(op, 3, 6, op.has(7) ? dtype_or(op, 8, op.dtype(0)) : DType::float32);
  expect_per_channel(op, 4, op.output_type(0).shape.rank() == 2 ? op.output_type(0).shape[1] : 1,
                     "weights' scale");
}

Work quantized_gemm_work(Inference& op) {
  Work work = work_of(gemm_nest(op, 3));
  for (const int zero : {2, 5}) {
    if (op.has(zero)) work.nests.push_back(reading_pass(op, zero, {}));
  }
  if (op.has(6)) work.nests.push_back(pointwise_nest(op, {6}, {.flops = 1}));
  work.nests.push_back(requantization_nest(op, {1, 4, 7, 8}, 1));
  return work;
}

// ---- MatMulNBits: weights of a few bits, N rows of K values in blocks that share a scale ------------------------

struct FewBits {
  std::int64_t n = 1, k = 1, bits = 4, block = 32, blocks = 1;
};

FewBits read_few_bits(Inference& op) {
  FewBits f;
  f.n = op.required_int("N");
  f.k = op.required_int("K");
  f.bits = op.int_or("bits", 4);
  f.block = op.required_int("block_size");
  constexpr std::int64_t most = std::int64_t{1} << 40;
  if (f.n < 0 || f.k < 0 || f.n > most || f.k > most) {
    op.fail(fmt::format("attributes N = {} and K = {} are no extents of a matrix", f.n, f.k));
    f.n = f.k = 0;
  }
  if (f.bits < 1 || f.bits > 8) op.fail(fmt::format("attribute 'bits' is {}, expected 1 to 8", f.bits));
  if (f.block < 1 || f.block > most) {
    op.fail(fmt::format("attribute 'block_size' is {}", f.block));
    f.block = 32;
  }
  f.blocks = f.k / f.block + (f.k % f.block != 0 ? 1 : 0);
  return f;
}

void few_bits_rule(Inference& op) {
  const FewBits f = read_few_bits(op);
  if (!op.expect_rank(0, 1, any_number)) return;
  Shape output = op.shape(0);
  const std::int64_t last = output.rank() - 1;
  if (output[last] != f.k) {
    op.fail(fmt::format("input of shape {} does not end in K = {} values", format(output), f.k));
  }
  if (!op.failed()) {
    const std::int64_t expected = f.n * f.blocks;
    if (f.n > 0 && op.shape(1).elements() / std::max<std::int64_t>(1, f.n) < f.k * f.bits / 8) {
      op.fail(fmt::format("weights of shape {} are too few for N = {} rows of K = {} values of {} bits",
                          format(op.shape(1)), f.n, f.k, f.bits));
    }
    if (op.shape(2).elements() != expected) {
      op.fail(fmt::format("scales of shape {}; expected {} for {} blocks in each of {} rows",
                          format(op.shape(2)), expected, f.blocks, f.n));
    }
  }
  if (op.has(5) && op.shape(5) != Shape{f.n}) {
    op.fail(fmt::format("the bias has shape {}; expected {} values", format(op.shape(5)), f.n));
  }
  output[last] = f.n;
  op.output(0, op.dtype(0), std::move(output));
}

// The packed weights have no affine axes (several values share a byte), so they are read in a pass of their own that
// also takes off the zero point and scales: 2 FLOPs a weight.
Work few_bits_work(Inference& op) {
  const FewBits f = read_few_bits(op);
  LoopNest weights;
  weights.loop("n", f.n);
  weights.loop("k", f.k);
  weights.each_point({.flops = 2});
  Work work = work_of(std::move(weights));
  for (int input = 1; input <= 4; ++input) {
    if (op.has(input)) work.nests.push_back(reading_pass(op, input, {}));
  }
  LoopNest nest;
  const Shape& input = op.shape(0);
  std::vector<Affine> rows;
  for (std::int64_t axis = 0; axis + 1 < input.rank(); ++axis) rows.push_back(nest.loop("m", input[axis]));
  const Affine n = nest.loop("n", f.n);
  const Affine k = nest.loop("k", f.k);
  std::vector<Affine> read = rows;
  read.push_back(k);
  rows.push_back(n);
  nest.read(input_operand(0), input, std::move(read));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(rows));
  nest.each_point({.macs = 1});
  work.nests.push_back(std::move(nest));
  if (op.has(5)) work.nests.push_back(bias_nest(op, 5, input.rank() - 1));
  return work;
}

constexpr auto dense = OperatorClass::dense;
constexpr std::string_view microsoft = "com.microsoft";
using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "Gemm",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = plain_gemm_rule,
     .work = gemm_work},
    {.domain = microsoft,
     .name = "FusedGemm",
     .operator_class = dense,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = fused_gemm_rule,
     .work = gemm_work},
    {.domain = microsoft,
     .name = "QGemm",
     .operator_class = dense,
     .least_inputs = 6,
     .most_inputs = 9,
     .rule = quantized_gemm_rule,
     .work = quantized_gemm_work,
     .roles = {data, scale, zero_point, quantized, scale, zero_point, quantized, scale, zero_point}},
    {.domain = microsoft,
     .name = "MatMulNBits",
     .operator_class = dense,
     .least_inputs = 3,
     .most_inputs = 6,
     .rule = few_bits_rule,
     .work = few_bits_work,
     .roles = {data, quantized, scale, zero_point, shape, data}},
};

}  // namespace

std::span<const OperatorType> gemm_operators() { return operators; }

}  // namespace chipcast
