// graph/sequence.hpp: values that are lists of tensors, and the operators that make, change and take them apart.
//
//   if (is_sequence_operator(graph, op)) shape_sequence_operator(graph, id, shaper);
//   graph.tensor(id).sequence->runs        // {{float32 1x8, 3 times}}: three tensors alike
//   cost_of_sequence_operator(graph, op)   // what it copies
//
// An optional value is the tensor or sequence it holds; an empty one is an empty sequence.
#pragma once

#include "graph/control_flow.hpp"
#include "graph/graph.hpp"

namespace chipcast {

bool is_sequence_operator(const Graph& graph, const Operator& op);
void shape_sequence_operator(Graph& graph, OperatorId id, const BodyShaper& shaper);

// Of what a tensor or all tensors of a sequence take.
Bytes bytes_of(const Tensor& tensor);

Cost cost_of_sequence_operator(const Graph& graph, const Operator& op);

// The sequence after `trips` changes like the one from `before` to `after`; nothing where they do not repeat.
std::shared_ptr<const Sequence> repeated(const Sequence& before, const Sequence& after, std::int64_t trips);

}  // namespace chipcast
