// ops/nests.hpp: the loop nests that many operators share.
//
//   Work work;
//   work.nests.push_back(pointwise_nest(op, {0, 1}, {.flops = 1}));   // Add
#pragma once

#include <initializer_list>

#include "ops/operator_type.hpp"

namespace chipcast {

// One point per element of output `output`; reads the named inputs by broadcasting (inputs left out are skipped).
// An input that does not broadcast to the output is not read: the rule has complained of it already.
LoopNest pointwise_nest(const Inference& op, std::initializer_list<int> inputs, PointWork work,
                        int output = 0);

// The same over all inputs there are.
LoopNest pointwise_nest(const Inference& op, PointWork work);

// The index expressions of an operand of `shape` when loops `at` run over a tensor it broadcasts to.
std::vector<Affine> broadcast_axes(const Shape& shape, const std::vector<Affine>& at);

// Every element of input `input` read once and nothing written: a pass of a reduction.
LoopNest reading_pass(const Inference& op, int input, PointWork work);

// A work of one nest.
Work work_of(LoopNest nest);
// Nothing moves: the output is the input under another name.
Work view();

}  // namespace chipcast
