#include "graph/topology.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "graph/build.hpp"

namespace chipcast {
namespace {

using namespace build;

std::vector<OperatorId> order_of(const Graph& graph) {
  const Result<std::vector<OperatorId>> order = execution_order(graph);
  REQUIRE(order);
  return *order;
}

// A DAG of single-output operators: predecessors[i] are the operators that i reads; none: it reads the input.
Graph dag(const std::vector<std::vector<OperatorId>>& predecessors) {
  Graph graph;
  const TensorId x = input(graph, "x", {1});
  std::vector<TensorId> outputs;
  for (std::size_t i = 0; i < predecessors.size(); ++i)
    outputs.push_back(graph.add_tensor("t" + std::to_string(i)));
  for (std::size_t i = 0; i < predecessors.size(); ++i) {
    Operator op;
    op.name = "n" + std::to_string(i);
    op.kind = "Sum";
    for (const OperatorId p : predecessors[i]) op.inputs.push_back(outputs[p]);
    if (op.inputs.empty()) op.inputs.push_back(x);
    op.outputs = {outputs[i]};
    graph.add_operator_on(std::move(op));
  }
  graph.add_output(outputs.back());
  return graph;
}

// Straight from the definition: b dominates a if no path from the input reaches a around b.
std::set<OperatorId> dominators_by_removal(const std::vector<std::vector<OperatorId>>& predecessors,
                                           OperatorId of) {
  std::set<OperatorId> dominators;
  for (OperatorId removed = 0; removed < of; ++removed) {
    std::vector<bool> reached(predecessors.size(), false);
    for (OperatorId id = 0; id <= of; ++id) {  // ids are in topological order
      if (id == removed) continue;
      reached[id] = predecessors[id].empty();
      for (const OperatorId p : predecessors[id]) reached[id] = reached[id] || reached[p];
    }
    if (!reached[of]) dominators.insert(removed);
  }
  return dominators;
}

}  // namespace

TEST_CASE("the file's order stands where it is valid") {
  const Graph graph = dag({{}, {}, {0, 1}});
  CHECK(order_of(graph) == std::vector<OperatorId>{0, 1, 2});
}

TEST_CASE("operators that stand in any order are sorted") {
  const Graph graph = dag({{2}, {0}, {}});  // 2 -> 0 -> 1
  CHECK(order_of(graph) == std::vector<OperatorId>{2, 0, 1});
}

TEST_CASE("a cycle is named node by node") {
  const Graph graph = dag({{}, {0, 3}, {1}, {2}});  // 1 -> 2 -> 3 -> 1
  const Result<std::vector<OperatorId>> order = execution_order(graph);
  REQUIRE_FALSE(order);
  CHECK(
      order.diagnostics().front().message ==
      "the operators form a cycle: node 'n1' (Sum) -> node 'n2' (Sum) -> node 'n3' (Sum) -> node 'n1' (Sum)");
}

TEST_CASE("an operator that reads itself is a cycle of one") {
  const Graph graph = dag({{}, {1}});
  const Result<std::vector<OperatorId>> order = execution_order(graph);
  REQUIRE_FALSE(order);
  CHECK(order.diagnostics().front().message ==
        "the operators form a cycle: node 'n1' (Sum) -> node 'n1' (Sum)");
}

TEST_CASE("a residual block: its entry dominates its end, neither branch does") {
  const Graph graph = dag({{}, {0}, {1}, {0, 2}, {3}});  // 0 forks, 3 joins
  CHECK(immediate_dominators(graph, order_of(graph)) == std::vector<OperatorId>{none, 0, 1, 0, 3});
}

TEST_CASE("dominators agree with the definition on 500 random graphs") {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::vector<OperatorId>> predecessors(12);
    for (OperatorId id = 1; id < predecessors.size(); ++id) {
      const auto count = random() % 3;  // 0: it reads the network's input
      for (unsigned i = 0; i < count; ++i) predecessors[id].push_back(static_cast<OperatorId>(random() % id));
    }
    const Graph graph = dag(predecessors);
    const std::vector<OperatorId> idom = immediate_dominators(graph, order_of(graph));
    for (OperatorId id = 0; id < predecessors.size(); ++id) {
      std::set<OperatorId> chain;
      for (OperatorId at = idom[id]; at != none; at = idom[at]) chain.insert(at);
      CHECK(chain == dominators_by_removal(predecessors, id));
    }
  }
}

TEST_CASE("dominators of a chain of 200,000 operators do not exhaust the stack") {
  std::vector<std::vector<OperatorId>> predecessors(200'000);
  for (OperatorId id = 1; id < predecessors.size(); ++id) predecessors[id] = {id - 1};
  const Graph graph = dag(predecessors);
  CHECK(immediate_dominators(graph, order_of(graph)).back() == 199'998);
}

TEST_CASE("the critical path is the heaviest, not the longest") {
  const Graph graph = dag({{}, {0}, {1}, {0}, {2, 3}});
  const CriticalPath path = critical_path(graph, order_of(graph), std::vector<double>{1, 1, 1, 5, 1});
  CHECK(path.operators == std::vector<OperatorId>{0, 3, 4});
  CHECK(path.weight == doctest::Approx(7));  // 1 + 5 + 1
}

TEST_CASE("the concurrency profile counts operators by depth") {
  const Graph graph = dag({{}, {0}, {0}, {0}, {1, 2}, {4, 3}});
  CHECK(concurrency_profile(graph, order_of(graph)) == std::vector<std::int64_t>{1, 3, 1, 1});
}

TEST_CASE("readers are listed by tensor") {
  Graph graph;
  const TensorId x = input(graph, "x", {1, 2, 1, 1});
  const TensorId a = keep(graph, "a", x, 2);
  keep(graph, "b", x, 2);
  keep(graph, "c", a, 2);
  const Readers readers = readers_of(graph);
  CHECK(std::vector(readers.of(x).begin(), readers.of(x).end()) == std::vector<OperatorId>{0, 1});
  CHECK(std::vector(readers.of(a).begin(), readers.of(a).end()) == std::vector<OperatorId>{2});
}

}  // namespace chipcast
