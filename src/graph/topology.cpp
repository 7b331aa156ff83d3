#include "graph/topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>

namespace chipcast {
namespace {

using Dag = boost::compressed_sparse_row_graph<boost::directedS>;

// Calls `visit(producer)` for every operator whose output `op` reads, once per tensor read.
template <class Visit>
void for_each_producer(const Graph& graph, const Operator& op, Visit visit) {
  const auto visit_tensor = [&](TensorId input) {
    if (input != none && graph.tensor(input).producer != none) visit(graph.tensor(input).producer);
  };
  for (const TensorId input : op.inputs) visit_tensor(input);
  // A body reads what it captures.
  for (const Body& body : op.bodies) {
    for (const Tensor& tensor : body.graph->tensors()) {
      if (tensor.origin == TensorOrigin::captured) visit_tensor(tensor.outer);
    }
  }
}

Dag dag_of(const Graph& graph) {
  std::vector<std::pair<OperatorId, OperatorId>> edges;
  for (OperatorId id = 0; id < graph.operators().size(); ++id) {
    for_each_producer(graph, graph.op(id), [&](OperatorId producer) { edges.emplace_back(producer, id); });
  }
  return {boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), graph.operators().size()};
}

// Follows the search tree back from the edge that closes a cycle.
struct CycleFinder : boost::default_dfs_visitor {
  struct State {
    std::vector<OperatorId> parent;
    std::vector<OperatorId> cycle;
  };
  explicit CycleFinder(State& s) : state(&s) {}
  State* state;

  template <class Edge>
  void tree_edge(Edge edge, const Dag& dag) {
    state->parent[target(edge, dag)] = static_cast<OperatorId>(source(edge, dag));
  }
  template <class Edge>
  void back_edge(Edge edge, const Dag& dag) {
    if (!state->cycle.empty()) return;
    const auto first = static_cast<OperatorId>(target(edge, dag));
    for (auto at = static_cast<OperatorId>(source(edge, dag)); at != first; at = state->parent[at]) {
      state->cycle.push_back(at);
    }
    state->cycle.push_back(first);
    std::ranges::reverse(state->cycle);
  }
};

Diagnostic cycle_diagnostic(const Graph& graph, const Dag& dag) {
  CycleFinder::State state;
  state.parent.assign(graph.operators().size(), none);
  boost::depth_first_search(dag, boost::visitor(CycleFinder(state)));
  constexpr std::size_t most_named = 20;
  std::string path;
  for (std::size_t i = 0; i < std::min(most_named, state.cycle.size()); ++i) {
    path += describe(graph.op(state.cycle[i])) + " -> ";
  }
  if (state.cycle.size() > most_named) path += fmt::format("({} more) -> ", state.cycle.size() - most_named);
  return {.message = "the operators form a cycle: " + path + describe(graph.op(state.cycle.front())),
          .hint = "a network must be acyclic; a recurrence is written as Loop, Scan, LSTM, GRU or RNN"};
}

bool is_file_order_valid(const Graph& graph) {
  for (OperatorId id = 0; id < graph.operators().size(); ++id) {
    bool valid = true;
    for_each_producer(graph, graph.op(id), [&](OperatorId producer) { valid = valid && producer < id; });
    if (!valid) return false;
  }
  return true;
}

}  // namespace

Result<std::vector<OperatorId>> execution_order(const Graph& graph) {
  std::vector<OperatorId> order;
  order.reserve(graph.operators().size());
  if (is_file_order_valid(graph)) {
    for (OperatorId id = 0; id < graph.operators().size(); ++id) order.push_back(id);
    return order;
  }
  const Dag dag = dag_of(graph);
  try {
    boost::topological_sort(dag, std::back_inserter(order));
  } catch (const boost::not_a_dag&) {
    return cycle_diagnostic(graph, dag);
  }
  std::ranges::reverse(order);
  return order;
}

Readers readers_of(const Graph& graph) {
  Readers result;
  result.offsets.assign(graph.tensors().size() + 1, 0);
  const auto for_each_read = [&](auto visit) {
    for (OperatorId id = 0; id < graph.operators().size(); ++id) {
      const Operator& op = graph.op(id);
      for (const TensorId input : op.inputs) {
        if (input != none) visit(input, id);
      }
      for (const Body& body : op.bodies) {
        for (const Tensor& tensor : body.graph->tensors()) {
          if (tensor.origin == TensorOrigin::captured) visit(tensor.outer, id);
        }
      }
    }
  };
  for_each_read([&](TensorId tensor, OperatorId) { ++result.offsets[tensor + 1]; });
  for (std::size_t i = 1; i < result.offsets.size(); ++i) result.offsets[i] += result.offsets[i - 1];
  result.readers.resize(result.offsets.back());
  std::vector<std::uint32_t> next(result.offsets.begin(), result.offsets.end() - 1);
  for_each_read([&](TensorId tensor, OperatorId reader) { result.readers[next[tensor]++] = reader; });
  return result;
}

// In a DAG a vertex's immediate dominator is the nearest common ancestor of its predecessors in the dominator tree,
// so one pass in topological order suffices; jump pointers keep an ancestor query logarithmic. (Boost's general
// Lengauer-Tarjan recurses as deep as the graph is long and overflows the stack on chains of 10^5 operators.)
std::vector<OperatorId> immediate_dominators(const Graph& graph, std::span<const OperatorId> order) {
  const std::size_t count = graph.operators().size();
  const auto root = static_cast<OperatorId>(count);  // stands for all inputs together
  std::vector<OperatorId> parent(count + 1, root), jump(count + 1, root);
  std::vector<std::uint32_t> depth(count + 1, 0);
  const auto common_ancestor = [&](OperatorId a, OperatorId b) {
    while (a != b) {
      if (depth[a] < depth[b]) std::swap(a, b);
      if (depth[a] > depth[b]) {
        a = depth[jump[a]] >= depth[b] ? jump[a] : parent[a];
      } else if (jump[a] != jump[b]) {
        a = jump[a];
        b = jump[b];
      } else {
        a = parent[a];
        b = parent[b];
      }
    }
    return a;
  };
  for (const OperatorId id : order) {
    OperatorId dominator = none;
    for (const TensorId input : graph.op(id).inputs) {
      if (input == none || graph.tensor(input).is_constant) continue;
      const OperatorId producer = graph.tensor(input).producer;
      const OperatorId from = producer == none ? root : producer;
      dominator = dominator == none ? from : common_ancestor(dominator, from);
    }
    if (dominator == none) dominator = root;
    parent[id] = dominator;
    depth[id] = depth[dominator] + 1;
    const OperatorId skip = jump[dominator];
    jump[id] = depth[dominator] - depth[skip] == depth[skip] - depth[jump[skip]] ? jump[skip] : dominator;
  }
  parent.pop_back();
  std::ranges::replace(parent, root, none);
  return parent;
}

CriticalPath critical_path(const Graph& graph, std::span<const OperatorId> order,
                           std::span<const double> weights) {
  std::vector<double> until(graph.operators().size(), 0);
  std::vector<OperatorId> before(graph.operators().size(), none);
  OperatorId last = none;
  for (const OperatorId id : order) {
    for_each_producer(graph, graph.op(id), [&](OperatorId producer) {
      if (before[id] == none || until[producer] > until[before[id]]) before[id] = producer;
    });
    until[id] = weights[id] + (before[id] == none ? 0 : until[before[id]]);
    if (last == none || until[id] > until[last]) last = id;
  }
  CriticalPath path;
  if (last == none) return path;
  path.weight = until[last];
  for (OperatorId at = last; at != none; at = before[at]) path.operators.push_back(at);
  std::ranges::reverse(path.operators);
  return path;
}

std::vector<std::int64_t> concurrency_profile(const Graph& graph, std::span<const OperatorId> order) {
  std::vector<std::size_t> depth(graph.operators().size(), 0);
  std::vector<std::int64_t> profile;
  for (const OperatorId id : order) {
    for_each_producer(graph, graph.op(id),
                      [&](OperatorId producer) { depth[id] = std::max(depth[id], depth[producer] + 1); });
    if (profile.size() <= depth[id]) profile.resize(depth[id] + 1, 0);
    ++profile[depth[id]];
  }
  return profile;
}

}  // namespace chipcast
