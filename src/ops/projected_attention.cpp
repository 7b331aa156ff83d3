// com.microsoft Attention and QAttention: self-attention with the projection of queries, keys and values built in.
#include <fmt/format.h>

#include <algorithm>

#include "ops/attention.hpp"
#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// Which input is what; -1: the operator has none.
struct Form {
  int mask = 3, past = 4, score_bias = 5, past_length = 6;
  int input_scale = -1, weight_scale = -1, input_zero = -1, weight_zero = -1;
};
constexpr Form floating = {};
constexpr Form quantized_form = {.mask = 5,
                                 .past = 8,
                                 .score_bias = -1,
                                 .past_length = -1,
                                 .input_scale = 3,
                                 .weight_scale = 4,
                                 .input_zero = 6,
                                 .weight_zero = 7};

struct Projected {
  Attention attention;
  std::int64_t inputs = 1;     // values of a token
  std::int64_t projected = 3;  // of queries, keys and values together
};

Projected read_projected(Inference& op, const Form& form) {
  Projected p;
  if (!op.expect_rank(0, 3, 3) || !op.expect_rank(1, 2, 2)) return p;
  Attention& a = p.attention;
  const Shape& input = op.shape(0);
  const Shape& weight = op.shape(1);
  a.heads = head_count(op, "num_heads");
  a.batch = input[0];
  a.queries = a.keys = input[1];
  p.inputs = input[2];
  p.projected = weight[1];
  if (weight[0] != p.inputs) {
    op.fail(fmt::format("input of shape {} has {} values a token, but weights of shape {} take {}",
                        format(input), p.inputs, format(weight), weight[0]));
  }
  const std::vector<std::int64_t> sizes =
      op.ints_or("qkv_hidden_sizes", std::vector<std::int64_t>(3, p.projected / 3));
  if (sizes.size() != 3 || *std::ranges::min_element(sizes) < 0 || sizes[0] != sizes[1] ||
      saturating_add(saturating_add(sizes[0], sizes[1]), sizes[2]) != p.projected) {
    op.fail(fmt::format("weights of shape {} do not hold queries, keys and values of {} values",
                        format(weight), format(Shape(sizes))));
    return p;
  }
  a.head_size = size_of_head(op, sizes[0], a.heads, "queries");
  a.value_size = size_of_head(op, sizes[2], a.heads, "values");
  if (op.has(2) && op.shape(2) != Shape{p.projected}) {
    op.fail(fmt::format("the bias has shape {}; expected {} values", format(op.shape(2)), p.projected));
  }
  if (op.has(form.past)) {
    const Shape& past = op.shape(form.past);
    const bool fits = past.rank() == 5 && past[0] == 2 && past[1] == a.batch && past[2] == a.heads &&
                      past[4] == a.head_size;
    if (!fits) {
      op.fail(fmt::format("the past has shape {}; expected 2x{}x{}x(positions)x{}", format(past), a.batch,
                          a.heads, a.head_size));
      return p;
    }
    a.past = past[3];
    // A shared buffer holds the present too.
    if (op.int_or("past_present_share_buffer", 0) != 0) a.past = std::max<std::int64_t>(0, a.past - a.keys);
    a.past_key = {.input = form.past, .layout = HeadLayout::stacked, .part = 0};
    a.past_value = {.input = form.past, .layout = HeadLayout::stacked, .part = 1};
  }
  a.masks = (op.has(form.mask) ? 1 : 0) + (op.has(form.score_bias) ? 1 : 0);
  return p;
}

void projected_rule(Inference& op, const Form& form) {
  const Projected p = read_projected(op, form);
  const Attention& a = p.attention;
  const DType result = form.input_scale >= 0 ? dtype_or(op, form.input_scale, DType::float32) : op.dtype(0);
  op.output(0, result, {a.batch, a.queries, saturating_multiply(a.heads, a.value_size)});
  op.output(1, result, {2, a.batch, a.heads, a.all_keys(), a.head_size});
}

Work projected_work(Inference& op, const Form& form) {
  const Projected p = read_projected(op, form);
  const Attention& a = p.attention;
  LoopNest projection;
  const Affine n = projection.loop("n", a.batch);
  const Affine m = projection.loop("m", a.queries);
  const Affine k = projection.loop("k", p.projected);
  const Affine c = projection.loop("c", p.inputs);
  projection.read(input_operand(0), op.shape(0), {n, m, c});
  projection.read(input_operand(1), op.shape(1), {c, k});
  projection.each_point({.macs = 1});
  Work work = work_of(std::move(projection));

  // The bias, and for 8-bit operands the two scales, on what was projected.
  const std::int64_t flops = (op.has(2) ? 1 : 0) + (form.input_scale >= 0 ? 2 : 0);
  if (flops > 0) {
    LoopNest epilogue;
    epilogue.loop("n", a.batch);
    epilogue.loop("m", a.queries);
    const Affine value = epilogue.loop("k", p.projected);
    for (const int input : {2, form.input_scale, form.weight_scale}) {
      read_per_channel(epilogue, op, input, value);
    }
    epilogue.each_point({.flops = flops});
    work.nests.push_back(std::move(epilogue));
  }
  append_attention(op, a, work);
  for (const int input : {form.mask, form.score_bias, form.input_zero, form.weight_zero}) {
    if (op.has(input)) work.nests.push_back(reading_pass(op, input, {}));
  }
  if (op.output_count() > 1) work.nests.push_back(pointwise_nest(op, {}, {}, 1));
  return work;
}

template <const Form& form>
void rule(Inference& op) {
  projected_rule(op, form);
}
template <const Form& form>
Work work(Inference& op) {
  return projected_work(op, form);
}

using enum InputRole;

constexpr OperatorType operators[] = {
    {.domain = "com.microsoft",
     .name = "Attention",
     .operator_class = OperatorClass::attention,
     .least_inputs = 2,
     .most_inputs = 7,
     .most_outputs = 2,
     .rule = rule<floating>,
     .work = work<floating>,
     .roles = {data, data, data, data, data, data, shape}},
    {.domain = "com.microsoft",
     .name = "QAttention",
     .operator_class = OperatorClass::attention,
     .least_inputs = 5,
     .most_inputs = 9,
     .most_outputs = 2,
     .rule = rule<quantized_form>,
     .work = work<quantized_form>,
     .roles = {data, quantized, data, scale, scale, data, zero_point, zero_point, data}},
};

}  // namespace

std::span<const OperatorType> projected_attention_operators() { return operators; }

}  // namespace chipcast
