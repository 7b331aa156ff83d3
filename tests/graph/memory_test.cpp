#include "graph/memory.hpp"

#include <doctest/doctest.h>

#include <random>

#include "graph/build.hpp"
#include "graph/topology.hpp"

namespace chipcast {
namespace {

using namespace build;

// Operators without types: memory looks at tensors' types, which the test sets.
TensorId step(Graph& graph, std::vector<TensorId> inputs, std::int64_t bytes) {
  const std::string name = "n" + std::to_string(graph.operators().size());
  const TensorId output = apply(graph, name, "Test", std::move(inputs));
  graph.tensor(output).type = {DType::int8, {bytes}};
  return output;
}

ActivationPlan plan(const Graph& graph, std::vector<Storage> storage = {}) {
  const Result<std::vector<OperatorId>> order = execution_order(graph);
  REQUIRE(order);
  storage.resize(graph.operators().size(), Storage::fresh);
  const std::vector<Bytes> scratch(graph.operators().size());
  return plan_activations(graph, *order, storage, scratch);
}

}  // namespace

TEST_CASE("a chain holds two tensors at a time") {
  Graph graph;
  const TensorId x = input(graph, "x", {64}, DType::int8);
  const TensorId a = step(graph, {x}, 128);
  const TensorId b = step(graph, {a}, 256);
  graph.add_output(step(graph, {b}, 64));
  const ActivationMemory memory = plan(graph).memory;
  CHECK(memory.sum == (128 + 256 + 64) * byte);  // outputs of operators; the input is none
  CHECK(memory.peak == (128 + 256) * byte);      // while the second operator runs
  CHECK(memory.arena >= memory.peak);
}

TEST_CASE("a residual edge keeps the block's input alive to its end") {
  Graph graph;
  const TensorId x = input(graph, "x", {100}, DType::int8);
  const TensorId a = step(graph, {x}, 100);
  const TensorId b = step(graph, {a}, 100);
  graph.add_output(step(graph, {x, b}, 100));
  CHECK(plan(graph).memory.peak == 300 * byte);  // x beside a and b, then beside b and the sum
}

TEST_CASE("a view takes no memory and keeps what it looks at alive") {
  Graph graph;
  const TensorId x = input(graph, "x", {10}, DType::int8);
  const TensorId a = step(graph, {x}, 100);
  const TensorId v = step(graph, {a}, 100);
  const TensorId b = step(graph, {v}, 10);
  graph.add_output(step(graph, {v, b}, 10));
  const ActivationMemory memory = plan(graph, {Storage::fresh, Storage::view}).memory;
  CHECK(memory.sum == (100 + 10 + 10) * byte);
  CHECK(memory.peak == (100 + 10 + 10) * byte);
}

TEST_CASE("an operator in place counts in the sum but not in the peak") {
  Graph graph;
  const TensorId x = input(graph, "x", {10}, DType::int8);
  graph.add_output(step(graph, {step(graph, {x}, 100)}, 100));
  const ActivationMemory memory = plan(graph, {Storage::fresh, Storage::in_place}).memory;
  CHECK(memory.sum == 200 * byte);
  CHECK(memory.peak == 110 * byte);
}

TEST_CASE("the network's outputs live to the end") {
  Graph graph;
  const TensorId x = input(graph, "x", {1}, DType::int8);
  const TensorId early = step(graph, {x}, 1000);
  graph.add_output(early);
  graph.add_output(step(graph, {step(graph, {x}, 10)}, 10));
  CHECK(plan(graph).memory.peak == (1000 + 10 + 10) * byte);
}

TEST_CASE("on 200 random graphs buffers alive together never overlap, and sum and arena bound the peak") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Graph graph;
    std::vector<TensorId> tensors = {
        input(graph, "x", {static_cast<std::int64_t>(random() % 500)}, DType::int8)};
    for (int i = 0; i < 30; ++i) {
      std::vector<TensorId> inputs = {
          tensors[tensors.size() - 1 - random() % std::min<std::size_t>(4, tensors.size())]};
      if (random() % 3 == 0) inputs.push_back(tensors[random() % tensors.size()]);
      tensors.push_back(step(graph, inputs, static_cast<std::int64_t>(random() % 1000)));
    }
    graph.add_output(tensors.back());
    const ActivationPlan planned = plan(graph);
    for (std::size_t i = 0; i < planned.buffers.size(); ++i) {
      const Buffer& a = planned.buffers[i];
      CHECK(a.offset + a.size <= planned.memory.arena);
      for (std::size_t j = 0; j < i; ++j) {
        const Buffer& b = planned.buffers[j];
        const bool together = a.first <= b.last && b.first <= a.last;
        const bool overlap = a.offset < b.offset + b.size && b.offset < a.offset + a.size;
        CHECK_FALSE((together && overlap));
      }
    }
    // The peak by its definition: the sizes of all buffers alive at a position.
    Bytes peak;
    for (std::size_t position = 0; position < 30; ++position) {
      Bytes live;
      for (const Buffer& buffer : planned.buffers) {
        if (buffer.first <= position && position <= buffer.last) live += buffer.size;
      }
      peak = std::max(peak, live);
    }
    CHECK(planned.memory.peak == peak);
    CHECK(planned.memory.arena >= peak);
  }
}

TEST_CASE("tensors that together outgrow 2^62 bytes saturate the arena instead of wrapping around") {
  Graph graph;
  const TensorId x = input(graph, "x", {10}, DType::int8);
  const TensorId a = step(graph, {x}, saturated);
  const TensorId b = step(graph, {a, x}, std::int64_t{1} << 61);
  graph.add_output(step(graph, {a, b}, std::int64_t{1} << 61));
  const ActivationMemory memory = plan(graph).memory;
  CHECK(!is_exact(memory.arena));
  CHECK(!is_exact(memory.sum));
  CHECK(!is_exact(memory.peak));
}

}  // namespace chipcast
