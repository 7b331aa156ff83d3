// graph/complexity.hpp: what a shaped network costs, exactly: parameters, MACs, FLOPs, bytes, activation memory.
//
//   Result<Complexity> c = characterize(graph, shaped->order);
//   c->macs, c->parameters, c->activation.peak, c->operators[0].cost.bytes()
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"
#include "graph/memory.hpp"

namespace chipcast {

struct OperatorComplexity {
  std::string name;  // of an operator in a body: "loop/inner"
  std::string kind;
  OperatorClass operator_class = OperatorClass::other;
  std::vector<Shape> input_shapes;
  Shape output_shape;  // of the first output there is
  DType output_dtype = DType::undefined;
  std::int64_t repeats = 1;     // trips of the loops around it
  std::int64_t parameters = 0;  // of the weights it is the first to read
  Cost cost;                    // of all repeats together
  bool is_modelled = true;      // false: an unknown operator that was skipped
  bool is_folded = false;       // a BatchNormalization that the operator before it absorbs
  Storage storage = Storage::fresh;
  OperatorId source = none;  // in the graph; of an operator in a body: the one that holds the body
};

struct Complexity {
  std::int64_t parameters = 0;  // trainable values
  Bytes model_bytes;            // everything stored, at its precision
  Macs macs;
  Flops flops;
  std::int64_t transcendentals = 0;
  Bytes bytes;  // compulsory traffic of all operators, each on its own
  ActivationMemory activation;
  std::vector<OperatorComplexity> operators;  // in order of execution
  std::vector<std::string> not_modelled;      // "node 'x' (Kind)"
};

Result<Complexity> characterize(const Graph& graph, std::span<const OperatorId> order);

}  // namespace chipcast
