// graph/memory.hpp: the activation memory of a shaped graph under its execution order.
//
//   std::vector<Storage> storage(graph.operators().size(), Storage::fresh);
//   ActivationPlan plan = plan_activations(graph, order, storage, scratch);
//   plan.memory.peak, plan.buffers[0].offset
#pragma once

#include <span>
#include <vector>

#include "base/quantity.hpp"
#include "graph/graph.hpp"

namespace chipcast {

struct ActivationMemory {
  Bytes sum;   // every output of every operator that is not a view: what papers print
  Bytes peak;  // most bytes live at once over the execution order, inputs and outputs of the network included
  Bytes arena;  // the extent of an offset plan: what an engine would allocate
};

// What each operator does to memory.
enum class Storage : std::uint8_t {
  fresh,     // its outputs are buffers of their own
  view,      // its first output is its first input under another name
  in_place,  // likewise, but it is an operator of its own to whoever counts every output
  ahead,     // computed before the first run: takes no activation memory
};

// One buffer: the tensors that share it live from position `first` to `last` of the order.
struct Buffer {
  TensorId tensor = none;  // the first tensor in it
  Bytes size;
  std::size_t first = 0;
  std::size_t last = 0;
  Bytes offset = {};
};

struct ActivationPlan {
  ActivationMemory memory;
  std::vector<Buffer> buffers;
};

// `storage` and `scratch` (bytes an operator needs while it runs, such as its body's activations) by operator.
ActivationPlan plan_activations(const Graph& graph, std::span<const OperatorId> order,
                                std::span<const Storage> storage, std::span<const Bytes> scratch);

}  // namespace chipcast
