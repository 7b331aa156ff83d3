// RotaryEmbedding and EmbedLayerNormalization: what transformers do to tokens before and beside attention.
#include <fmt/format.h>

#include <algorithm>

#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/normalization.hpp"

namespace chipcast {
namespace {

// ---- RotaryEmbedding: com.microsoft has input, positions, cos, sin; ONNX has X, cos, sin, positions ------------------

void rotary_rule(Inference& op) {
  if (!op.expect_rank(0, 3, 4)) return;
  op.output(0, op.dtype(0), op.shape(0));
}

// Two products and a sum per value (values past rotary_embedding_dim are copied, and counted all the same). Which rows
// of the tables are used is data: as many rows as there are positions, at most all.
Work rotary_work(Inference& op) {
  const Shape& shape = op.shape(0);
  const std::int64_t positions = saturating_multiply(shape[0], shape[shape.rank() - 2]);
  const bool is_microsoft = op.type().domain == "com.microsoft";
  Work work = work_of(pointwise_nest(op, {0}, {.flops = 3}));
  ExplicitWork tables;
  tables.elements_read.assign(4, 0);
  for (int input = 1; input < std::min(4, op.input_count()); ++input) {
    const Shape& table = op.shape(input);
    const bool is_positions = input == (is_microsoft ? 1 : 3);
    const std::int64_t row = table.rank() == 0 ? 1 : table[table.rank() - 1];
    if (!op.has(input)) continue;
    tables.elements_read[static_cast<std::size_t>(input)] =
        is_positions ? table.elements() : std::min(table.elements(), saturating_multiply(positions, row));
  }
  work.stated = std::move(tables);
  return work;
}

// ---- EmbedLayerNormalization --------------------------------------------------------------------------------------------

// ids, segments, word table, position table, segment table, gamma, beta, mask, positions
void embed_rule(Inference& op) {
  if (!op.expect_rank(0, 2, 2) || !op.expect_rank(2, 2, 2) || !op.expect_rank(3, 2, 2)) return;
  const Shape& ids = op.shape(0);
  const std::int64_t hidden = op.shape(2)[1];
  for (const int table : {3, 4}) {
    if (op.has(table) && (op.rank(table) != 2 || op.shape(table)[1] != hidden)) {
      op.fail(fmt::format("embeddings of shape {} beside word embeddings of {} values",
                          format(op.shape(table)), hidden));
    }
  }
  for (const int parameter : {5, 6}) {
    if (op.has(parameter) && op.shape(parameter) != Shape{hidden}) {
      op.fail(fmt::format("input {} has shape {}; expected {} values", parameter, format(op.shape(parameter)),
                          hidden));
    }
  }
  op.output(0, op.dtype(2), {ids[0], ids[1], hidden});
  op.output(1, DType::int32, {ids[0]});
  op.output(2, op.dtype(2), {ids[0], ids[1], hidden});
}

// Rows of the tables are read once each at most; they are summed up (an addition per further table) and normalized.
Work embed_work(Inference& op) {
  const std::int64_t tokens = op.shape(0).elements();
  const std::int64_t hidden = op.shape(2)[1];
  ExplicitWork gather;
  gather.elements_read.assign(9, 0);
  for (const int input : {0, 1, 7, 8}) {
    if (op.has(input)) gather.elements_read[static_cast<std::size_t>(input)] = op.shape(input).elements();
  }
  std::int64_t tables = 0;
  for (const int table : {2, 3, 4}) {
    if (!op.has(table)) continue;
    ++tables;
    const std::int64_t rows = table == 3 && !op.has(8) ? op.shape(0)[1] : tokens;
    gather.elements_read[static_cast<std::size_t>(table)] =
        saturating_multiply(std::min(rows, op.shape(table)[0]), hidden);
  }
  gather.flops = saturating_multiply(saturating_multiply(tokens, hidden), tables - 1);
  Work work;
  Normalization n = normalization_over(op.output_type(0).shape, {false, false, true});
  n.input.reset();
  if (op.has(5)) {
    n.scale = 5;
    n.scale_at = {n.at[2]};
  }
  if (op.has(6)) {
    n.bias = 6;
    n.bias_at = {n.at[2]};
  }
  append_normalization(op, n, work);
  work.stated = std::move(gather);
  return work;
}

constexpr std::string_view microsoft = "com.microsoft";
using enum InputRole;

constexpr OperatorType operators[] = {
    {.domain = microsoft,
     .name = "RotaryEmbedding",
     .operator_class = OperatorClass::attention,
     .least_inputs = 4,
     .most_inputs = 4,
     .rule = rotary_rule,
     .work = rotary_work,
     .roles = {data, shape, data, data}},
    {.name = "RotaryEmbedding",
     .operator_class = OperatorClass::attention,
     .least_inputs = 3,
     .most_inputs = 4,
     .rule = rotary_rule,
     .work = rotary_work,
     .roles = {data, data, data, shape}},
    {.domain = microsoft,
     .name = "EmbedLayerNormalization",
     .operator_class = OperatorClass::embedding,
     .least_inputs = 7,
     .most_inputs = 9,
     .most_outputs = 3,
     .rule = embed_rule,
     .work = embed_work,
     .roles = {shape, shape, data, data, data, data, data, shape, shape}},
};

}  // namespace

std::span<const OperatorType> embedding_normalization_operators() { return operators; }

}  // namespace chipcast
