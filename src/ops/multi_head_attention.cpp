// MultiHeadAttention, GroupQueryAttention and ONNX's Attention: scores and sums over given queries, keys and values.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ops/attention.hpp"
#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

void expect_batch(Inference& op, const Attention& a, std::int64_t batch, std::string_view what) {
  if (batch != a.batch)
    op.fail(fmt::format("the {} have a batch of {}, the queries one of {}", what, batch, a.batch));
}

// The cache of keys or values: batch, heads, positions, size.
void read_cache(Inference& op, Attention& a, int key_input, int value_input) {
  if (!op.has(key_input)) return;
  if (!op.expect_rank(key_input, 4, 4)) return;
  const Shape& past = op.shape(key_input);
  if (past[0] != a.batch || past[1] != a.heads || past[3] != a.head_size) {
    op.fail(fmt::format("the past keys have shape {}; expected {}x{}x(positions)x{}", format(past), a.batch,
                        a.heads, a.head_size));
    return;
  }
  a.past = past[2];
  a.past_key = {.input = key_input, .layout = HeadLayout::split};
  if (!op.has(value_input)) return;
  if (op.shape(value_input) != Shape{a.batch, a.heads, a.past, a.value_size}) {
    op.fail(fmt::format("the past values have shape {}; expected {}x{}x{}x{}", format(op.shape(value_input)),
                        a.batch, a.heads, a.past, a.value_size));
    return;
  }
  a.past_value = {.input = value_input, .layout = HeadLayout::split};
}

// Keys and values as tensors of their own, merged (rank 3) or split (rank 4).
void read_keys_and_values(Inference& op, Attention& a) {
  if (!op.expect_rank(1, 3, 4) || !op.expect_rank(2, op.rank(1), op.rank(1))) return;
  const Shape& key = op.shape(1);
  const Shape& value = op.shape(2);
  const bool is_split = key.rank() == 4;
  expect_batch(op, a, key[0], "keys");
  expect_batch(op, a, value[0], "values");
  a.keys = key[is_split ? 2 : 1];
  const std::int64_t values = value[is_split ? 2 : 1];
  if (values != a.keys) op.fail(fmt::format("there are {} keys and {} values", a.keys, values));
  if (is_split && (key[1] != a.heads || value[1] != a.heads)) {
    op.fail(fmt::format("keys of shape {} and values of shape {} for {} heads", format(key), format(value),
                        a.heads));
  }
  const std::int64_t size = is_split ? key[3] : size_of_head(op, key[2], a.heads, "keys");
  if (size != a.head_size) {
    op.fail(fmt::format("heads of queries have {} values, those of keys of shape {} have {}", a.head_size,
                        format(key), size));
  }
  a.value_size = is_split ? value[3] : size_of_head(op, value[2], a.heads, "values");
  a.key = {.input = 1, .layout = is_split ? HeadLayout::split : HeadLayout::merged};
  a.value = {.input = 2, .layout = a.key.layout};
}

void set_outputs(Inference& op, const Attention& a, std::int64_t positions) {
  const DType dtype = op.dtype(0);
  op.output(0, dtype,
            a.output_layout == HeadLayout::merged
                ? Shape{a.batch, a.queries, saturating_multiply(a.query_heads(), a.value_size)}
                : Shape{a.batch, a.query_heads(), a.queries, a.value_size});
  op.output(1, dtype, {a.batch, a.heads, positions, a.head_size});
  op.output(2, dtype, {a.batch, a.heads, positions, a.value_size});
  op.output(3, dtype, score_shape(a));
}

Work attention_work(const Inference& op, const Attention& a, std::initializer_list<int> also_read) {
  Work work;
  append_attention(op, a, work);
  for (const int input : also_read) {
    if (op.has(input)) work.nests.push_back(reading_pass(op, input, {}));
  }
  for (int i = 1; i < op.output_count(); ++i) {
    if (op.output_type(i).dtype != DType::undefined) work.nests.push_back(pointwise_nest(op, {}, {}, i));
  }
  return work;
}

// ---- MultiHeadAttention: query, key, value, bias, padding mask, score bias, past key, past value, lengths ----------

// Queries alone may hold all three (batch, position, head, 3, size); keys may hold the values (..., 2, size).
Attention read_multi_head(Inference& op) {
  Attention a;
  a.heads = head_count(op, "num_heads");
  if (op.rank(0) != 3 && op.rank(0) != 5) op.expect_rank(0, 3, 3);
  if (op.failed()) return a;
  const Shape& query = op.shape(0);
  a.batch = query[0];
  a.queries = a.keys = query[1];
  if (query.rank() == 5) {
    if (query[2] != a.heads || query[3] != 3 || op.has(1) || op.has(2)) {
      op.fail(fmt::format(
          "packed queries, keys and values of shape {}; expected {}x{}x{}x3x(size), without keys and "
          "values beside them",
          format(query), a.batch, a.queries, a.heads));
    }
    a.head_size = a.value_size = query[4];
    a.query = {.input = 0, .layout = HeadLayout::interleaved, .part = 0};
    a.key = {.input = 0, .layout = HeadLayout::interleaved, .part = 1};
    a.value = {.input = 0, .layout = HeadLayout::interleaved, .part = 2};
  } else {
    a.head_size = a.value_size = size_of_head(op, query[2], a.heads, "queries");
    a.query = {.input = 0};
    if (!op.has(1)) {
      op.fail(fmt::format("queries of shape {} without keys", format(query)));
    } else if (op.rank(1) == 5) {
      const Shape& key = op.shape(1);
      if (key[2] != a.heads || key[3] != 2 || key[4] != a.head_size || op.has(2)) {
        op.fail(
            fmt::format("packed keys and values of shape {}; expected {}x(positions)x{}x2x{}, without values "
                        "beside them",
                        format(key), a.batch, a.heads, a.head_size));
      }
      expect_batch(op, a, key[0], "keys");
      a.keys = key[1];
      a.key = {.input = 1, .layout = HeadLayout::interleaved, .part = 0};
      a.value = {.input = 1, .layout = HeadLayout::interleaved, .part = 1};
    } else {
      read_keys_and_values(op, a);
    }
  }
  read_cache(op, a, 6, 7);
  a.masks = (op.has(4) ? 1 : 0) + (op.has(5) ? 1 : 0);
  return a;
}

void multi_head_rule(Inference& op) {
  const Attention a = read_multi_head(op);
  if (op.failed()) return;
  const std::int64_t projected =
      saturating_multiply(a.heads, saturating_add(saturating_multiply(2, a.head_size), a.value_size));
  if (op.has(3) && op.shape(3) != Shape{projected}) {
    op.fail(fmt::format("the bias has shape {}; expected {} values for queries, keys and values",
                        format(op.shape(3)), projected));
  }
  set_outputs(op, a, a.all_keys());
}

Work multi_head_work(Inference& op) {
  const Attention a = read_multi_head(op);
  Work work = attention_work(op, a, {3, 4, 5});
  if (op.has(3)) {  // one addition to every query, key and value
    for (const auto& [positions, size] : {std::pair(a.queries, a.head_size), std::pair(a.keys, a.head_size),
                                          std::pair(a.keys, a.value_size)}) {
      LoopNest nest;
      nest.loop("n", a.batch);
      nest.loop("h", a.heads);
      nest.loop("m", positions);
      nest.loop("d", size);
      nest.each_point({.flops = 1});
      work.nests.push_back(std::move(nest));
    }
  }
  return work;
}

// ---- GroupQueryAttention: query, key, value, past key, past value, lengths, total length, cos, sin, ... --------------

struct GroupQuery {
  Attention attention;
  std::int64_t present = 0;  // positions of the cache that comes out
};

GroupQuery read_group_query(Inference& op) {
  GroupQuery g;
  Attention& a = g.attention;
  const std::int64_t query_heads = head_count(op, "num_heads");
  a.heads = head_count(op, "kv_num_heads");
  if (!op.expect_rank(0, 3, 3)) return g;
  if (query_heads % a.heads != 0) {
    op.fail(fmt::format("{} heads of queries do not divide among {} of keys", query_heads, a.heads));
  }
  a.sharing = std::max<std::int64_t>(1, query_heads / a.heads);
  const Shape& query = op.shape(0);
  a.batch = query[0];
  a.queries = a.keys = query[1];
  a.query = {.input = 0};
  if (op.has(1)) {
    a.head_size = size_of_head(op, query[2], query_heads, "queries");
    if (op.rank(1) != 3 && op.rank(1) != 4) op.expect_rank(1, 3, 3);
    if (!op.failed()) read_keys_and_values(op, a);
  } else {
    // Queries, keys and values of a token side by side.
    a.head_size = a.value_size = size_of_head(op, query[2], query_heads + 2 * a.heads, "packed queries");
    const std::int64_t keys_at = saturating_multiply(query_heads, a.head_size);
    a.key = {.input = 0, .offset = keys_at};
    a.value = {.input = 0, .offset = saturating_add(keys_at, saturating_multiply(a.heads, a.head_size))};
  }
  read_cache(op, a, 3, 4);
  g.present = a.all_keys();
  // The cache may be a buffer that already has room for the new keys: then the total says how many there are.
  if (const Constant* total = op.value(6); total != nullptr && total->ints.size() == 1) {
    const std::int64_t room = a.past;
    a.past = std::clamp<std::int64_t>(saturating_add(total->ints[0], -a.keys), 0, room);
    g.present = std::max(room, a.all_keys());
  }
  a.masks = op.has(10) ? 1 : 0;
  return g;
}

void group_query_rule(Inference& op) {
  const GroupQuery g = read_group_query(op);
  if (!op.failed()) set_outputs(op, g.attention, g.present);
}

Work group_query_work(Inference& op) {
  const GroupQuery g = read_group_query(op);
  Work work = attention_work(op, g.attention, {5, 10, 11});
  if (op.int_or("do_rotary", 0) != 0) {
    append_rotation(g.attention, work);
    for (const int table : {7, 8, 9}) {
      if (op.has(table)) work.nests.push_back(reading_pass(op, table, {}));
    }
  }
  return work;
}

// ---- DecoderMaskedMultiHeadAttention: one token against a buffer of keys ----------------------------------------------

struct Decoder {
  Attention attention;
  std::int64_t present = 0;
};

// query, key, value, mask, score bias, past key, past value, past length, beam width, cache indirection, bias
Decoder read_decoder(Inference& op) {
  Decoder d;
  Attention& a = d.attention;
  a.heads = head_count(op, "num_heads");
  if (!op.expect_rank(0, 3, 3)) return d;
  const Shape& query = op.shape(0);
  a.batch = query[0];
  a.queries = a.keys = query[1];
  a.query = {.input = 0};
  if (op.has(1)) {
    a.head_size = a.value_size = size_of_head(op, query[2], a.heads, "queries");
    read_keys_and_values(op, a);
  } else {
    a.head_size = a.value_size =
        size_of_head(op, query[2], saturating_multiply(3, a.heads), "packed queries");
    const std::int64_t size = saturating_multiply(a.heads, a.head_size);
    a.key = {.input = 0, .offset = size};
    a.value = {.input = 0, .offset = saturating_multiply(2, size)};
  }
  read_cache(op, a, 5, 6);
  d.present = a.past > 0 ? a.past : a.all_keys();
  // The buffer has room for the new token; how much of it is filled is said beside, or else all of it.
  const Constant* length = op.value(7);
  const std::int64_t filled =
      length != nullptr && length->ints.size() == 1 ? length->ints[0] : a.past - a.keys;
  if (a.past > 0) a.past = std::clamp<std::int64_t>(filled, 0, a.past);
  a.masks = (op.has(3) ? 1 : 0) + (op.has(4) ? 1 : 0);
  return d;
}

void decoder_rule(Inference& op) {
  const Decoder d = read_decoder(op);
  if (!op.failed()) set_outputs(op, d.attention, d.present);
}

Work decoder_work(Inference& op) { return attention_work(op, read_decoder(op).attention, {3, 4, 9, 10}); }

// ---- ONNX's Attention (opset 23): Q, K, V, mask, past key, past value --------------------------------------------------

Attention read_onnx(Inference& op) {
  Attention a;
  if (!op.expect_rank(0, 3, 4) || !op.expect_rank(1, op.rank(0), op.rank(0))) return a;
  const Shape& query = op.shape(0);
  const bool is_split = query.rank() == 4;
  const std::int64_t query_heads = is_split ? query[1] : head_count(op, "q_num_heads");
  a.heads = is_split ? op.shape(1)[1] : head_count(op, "kv_num_heads");
  if (a.heads < 1 || query_heads % a.heads != 0) {
    op.fail(fmt::format("{} heads of queries do not divide among {} of keys", query_heads, a.heads));
    return a;
  }
  a.sharing = query_heads / a.heads;
  a.batch = query[0];
  a.queries = query[is_split ? 2 : 1];
  a.head_size = is_split ? query[3] : size_of_head(op, query[2], query_heads, "queries");
  a.output_layout = is_split ? HeadLayout::split : HeadLayout::merged;
  a.query = {.input = 0, .layout = a.output_layout};
  read_keys_and_values(op, a);
  read_cache(op, a, 4, 5);
  a.masks = op.has(3) ? 1 : 0;
  return a;
}

void onnx_rule(Inference& op) {
  const Attention a = read_onnx(op);
  if (!op.failed()) set_outputs(op, a, a.all_keys());
}

Work onnx_work(Inference& op) { return attention_work(op, read_onnx(op), {3}); }

constexpr auto attention = OperatorClass::attention;
constexpr std::string_view microsoft = "com.microsoft";
using enum InputRole;

constexpr OperatorType operators[] = {
    {.domain = microsoft,
     .name = "MultiHeadAttention",
     .operator_class = attention,
     .least_inputs = 1,
     .most_inputs = 10,
     .most_outputs = 4,
     .rule = multi_head_rule,
     .work = multi_head_work,
     .roles = {data, data, data, data, data, data, data, data, shape, shape}},
    {.domain = microsoft,
     .name = "GroupQueryAttention",
     .operator_class = attention,
     .least_inputs = 1,
     .most_inputs = 14,
     .most_outputs = 4,
     .rule = group_query_rule,
     .work = group_query_work,
     .roles = {data, data, data, data, data, shape, shape, data, data, shape, data, data}},
    {.domain = microsoft,
     .name = "DecoderMaskedMultiHeadAttention",
     .operator_class = attention,
     .least_inputs = 1,
     .most_inputs = 11,
     .most_outputs = 4,
     .rule = decoder_rule,
     .work = decoder_work,
     .roles = {data, data, data, data, data, data, data, shape, shape, shape, data}},
    {.name = "Attention",
     .operator_class = attention,
     .least_inputs = 3,
     .most_inputs = 7,
     .most_outputs = 4,
     .rule = onnx_rule,
     .work = onnx_work,
     .roles = {data, data, data, data, data, data, shape}},
};

}  // namespace

std::span<const OperatorType> multi_head_attention_operators() { return operators; }

}  // namespace chipcast
