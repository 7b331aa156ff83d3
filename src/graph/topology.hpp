// graph/topology.hpp: orders and paths of the DAG. The one place that uses Boost.Graph.
//
//   Result<std::vector<OperatorId>> order = execution_order(graph);   // names a cycle node by node
//   std::vector<OperatorId> idom = immediate_dominators(graph, *order);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"

namespace chipcast {

// The order of the file where that is a valid one, a topological one otherwise.
Result<std::vector<OperatorId>> execution_order(const Graph& graph);

// The readers of each tensor, in order: readers[offsets[t]] .. readers[offsets[t + 1]].
struct Readers {
  std::vector<std::uint32_t> offsets;
  std::vector<OperatorId> readers;
  std::span<const OperatorId> of(TensorId tensor) const {
    return std::span(readers).subspan(offsets[tensor], offsets[tensor + 1] - offsets[tensor]);
  }
};
Readers readers_of(const Graph& graph);

// For each operator the last one that every path from the network's inputs to it passes; `none` where paths from
// several inputs meet or the operator reads inputs only. Fused regions and early exits end at dominators.
std::vector<OperatorId> immediate_dominators(const Graph& graph, std::span<const OperatorId> order);

// The heaviest path, weights by operator.
struct CriticalPath {
  std::vector<OperatorId> operators;
  double weight = 0;
};
CriticalPath critical_path(const Graph& graph, std::span<const OperatorId> order,
                           std::span<const double> weights);

// How many operators stand at each depth (longest distance from the inputs): what could run side by side.
std::vector<std::int64_t> concurrency_profile(const Graph& graph, std::span<const OperatorId> order);

}  // namespace chipcast
