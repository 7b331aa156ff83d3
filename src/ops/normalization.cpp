#include "ops/normalization.hpp"

namespace chipcast {
namespace {

LoopNest loops_of(const Normalization& normalization) {
  LoopNest nest;
  for (const NormalizedLoop& loop : normalization.loops) nest.loop(loop.name, loop.extent);
  return nest;
}

LoopNest pass(const Inference& op, const Normalization& normalization, PointWork work) {
  LoopNest nest = loops_of(normalization);
  if (normalization.input) {
    nest.read(input_operand(*normalization.input), op.shape(*normalization.input), normalization.at);
  }
  nest.each_point(work);
  return nest;
}

}  // namespace

Normalization normalization_over(const Shape& shape, const std::vector<bool>& reduced) {
  Normalization normalization;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    const bool is_reduced = reduced[static_cast<std::size_t>(axis)];
    normalization.loops.push_back({is_reduced ? "r" : "n", shape[axis], is_reduced});
    normalization.at.push_back(Affine::of_loop(static_cast<int>(axis)));
  }
  return normalization;
}

void append_normalization(const Inference& op, const Normalization& normalization, Work& work) {
  const bool is_centred = normalization.is_centred;
  if (is_centred) work.nests.push_back(pass(op, normalization, {.flops = 1}));
  work.nests.push_back(pass(op, normalization, {.flops = is_centred ? 3 : 2}));

  LoopNest statistics;
  for (const NormalizedLoop& loop : normalization.loops) {
    if (!loop.is_reduced) statistics.loop(loop.name, loop.extent);
  }
  statistics.each_point({.flops = is_centred ? 4 : 3, .transcendentals = 1});
  work.nests.push_back(std::move(statistics));

  const std::int64_t parameters = (normalization.scale ? 1 : 0) + (normalization.bias ? 1 : 0);
  LoopNest scaling = pass(op, normalization, {.flops = (is_centred ? 2 : 1) + parameters});
  if (normalization.scale) {
    scaling.read(input_operand(*normalization.scale), op.shape(*normalization.scale), normalization.scale_at);
  }
  if (normalization.bias) {
    scaling.read(input_operand(*normalization.bias), op.shape(*normalization.bias), normalization.bias_at);
  }
  scaling.write(output_operand(0), op.output_type(0).shape, normalization.at);
  work.nests.push_back(std::move(scaling));
}

}  // namespace chipcast
