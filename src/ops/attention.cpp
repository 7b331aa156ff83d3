#include "ops/attention.hpp"

#include <fmt/format.h>

namespace chipcast {
namespace {

struct HeadLoops {
  Affine batch, head, position, value;
  std::int64_t size = 1;  // of a head
};

std::vector<Affine> place(const HeadTensor& tensor, const HeadLoops& at) {
  switch (tensor.layout) {
    case HeadLayout::merged:
      return {at.batch, at.position, at.head * at.size + at.value - (-tensor.offset)};
    case HeadLayout::split:
      return {at.batch, at.head, at.position, at.value};
    case HeadLayout::interleaved:
      return {at.batch, at.position, at.head, Affine(tensor.part), at.value};
    case HeadLayout::stacked:
      return {Affine(tensor.part), at.batch, at.head, at.position, at.value};
  }
  return {};
}

void read(LoopNest& nest, const Inference& op, const HeadTensor& tensor, const HeadLoops& at) {
  if (op.has(tensor.input)) nest.read(input_operand(tensor.input), op.shape(tensor.input), place(tensor, at));
}

// A cache may be a buffer with room for more than it holds: only `held` positions are there to be read.
void read_past(LoopNest& nest, const Inference& op, const HeadTensor& tensor, const HeadLoops& at,
               std::int64_t held) {
  if (!op.has(tensor.input)) return;
  Shape shape = op.shape(tensor.input);
  std::int64_t& positions = shape[shape.rank() - 2];
  positions = std::min(positions, held);
  nest.read(input_operand(tensor.input), shape, place(tensor, at));
}

struct ScoreLoops {
  Affine batch, head, query_head, query, key;
};

ScoreLoops score_loops(LoopNest& nest, const Attention& a) {
  ScoreLoops at;
  at.batch = nest.loop("n", a.batch);
  at.head = nest.loop("h", a.heads);
  at.query_head = at.head * a.sharing + nest.loop("g", a.sharing);
  at.query = nest.loop("m", a.queries);
  at.key = nest.loop("t", a.all_keys());
  return at;
}

}  // namespace

std::int64_t head_count(Inference& op, std::string_view attribute) {
  const std::int64_t heads = op.required_int(attribute);
  if (heads >= 1 && heads <= (std::int64_t{1} << 31)) return heads;
  op.fail(fmt::format("attribute '{}' is {}", attribute, heads));
  return 1;
}

std::int64_t size_of_head(Inference& op, std::int64_t size, std::int64_t heads, std::string_view what) {
  if (size % heads != 0)
    op.fail(fmt::format("{} values of the {} do not divide into {} heads", size, what, heads));
  return size / heads;
}

void append_attention(const Inference& op, const Attention& a, Work& work) {
  LoopNest scores;
  {
    const ScoreLoops at = score_loops(scores, a);
    const Affine d = scores.loop("d", a.head_size);
    read(scores, op, a.query, {at.batch, at.query_head, at.query, d, a.head_size});
    read(scores, op, a.key, {at.batch, at.head, at.key - a.past, d, a.head_size});
    read_past(scores, op, a.past_key, {at.batch, at.head, at.key, d, a.head_size}, a.past);
    scores.each_point({.macs = 1});
  }
  LoopNest softmax;
  score_loops(softmax, a);
  softmax.each_point({.flops = 5 + a.masks, .transcendentals = 1});
  LoopNest values;
  {
    const ScoreLoops at = score_loops(values, a);
    const Affine d = values.loop("d", a.value_size);
    read(values, op, a.value, {at.batch, at.head, at.key - a.past, d, a.value_size});
    read_past(values, op, a.past_value, {at.batch, at.head, at.key, d, a.value_size}, a.past);
    values.write(output_operand(0), op.output_type(0).shape,
                 place({.layout = a.output_layout}, {at.batch, at.query_head, at.query, d, a.value_size}));
    values.each_point({.macs = 1});
  }
  work.nests.push_back(std::move(scores));
  work.nests.push_back(std::move(softmax));
  work.nests.push_back(std::move(values));
}

void append_rotation(const Attention& a, Work& work) {
  for (const bool is_query : {true, false}) {
    LoopNest nest;
    nest.loop("n", a.batch);
    nest.loop("h", is_query ? a.query_heads() : a.heads);
    nest.loop("m", is_query ? a.queries : a.keys);
    nest.loop("d", a.head_size);
    nest.each_point({.flops = 3});
    work.nests.push_back(std::move(nest));
  }
}

Shape cache_shape(const Attention& a, std::int64_t size) { return {a.batch, a.heads, a.all_keys(), size}; }
Shape score_shape(const Attention& a) { return {a.batch, a.query_heads(), a.queries, a.all_keys()}; }

}  // namespace chipcast
