// tests/report/example_network.hpp: a network of three operators and its costs, filled in by hand.
//   report::Network net = example_network();   // stem (Conv) -> {left, right} of equal depth
#pragma once

#include "report/describe.hpp"

namespace chipcast::report {

inline OperatorComplexity example_operator(OperatorId id, std::string name, OperatorClass operator_class,
                                           std::int64_t macs, std::int64_t bytes, std::int64_t parameters) {
  OperatorComplexity row;
  row.name = std::move(name);
  row.kind = macs > 0 ? "Conv" : "Relu";
  row.operator_class = operator_class;
  row.input_shapes = {{1, 3, 8, 8}};
  row.output_shape = {1, 4, 8, 8};
  row.output_dtype = DType::float32;
  row.parameters = parameters;
  row.cost.macs = macs * mac;
  row.cost.flops = macs > 0 ? flops_of(macs * mac) : 256 * flop;
  row.cost.read = bytes * byte;
  row.source = id;
  return row;
}

inline Network example_network() {
  Network network;
  network.name = "net";
  Graph& graph = network.graph;
  const TensorId x = graph.add_input("x", {DType::float32, {1, 3, 8, 8}});
  const TensorId stem = graph.add_operator("stem", "", "Conv", 17, {}, {x}, {"s"})[0];
  const TensorId left = graph.add_operator("left", "", "Conv", 17, {}, {stem}, {"l"})[0];
  graph.add_operator("right", "", "Relu", 17, {}, {stem}, {"r"});
  graph.tensor(left).type = {DType::float32, {1, 4, 8, 8}};
  graph.add_output(left);
  network.shaped.order = {0, 1, 2};
  Complexity& c = network.complexity;
  c.operators = {example_operator(0, "stem", OperatorClass::standard_convolution, 1'000, 4'000, 108),
                 example_operator(1, "left", OperatorClass::pointwise_convolution, 3'000, 2'000, 16),
                 example_operator(2, "right", OperatorClass::activation, 0, 1'000, 0)};
  c.parameters = 124;
  c.model_bytes = 496 * byte;
  c.macs = 4'000 * mac;
  c.flops = 8'256 * flop;
  c.bytes = 7'000 * byte;
  c.activation = {.sum = 3'072 * byte, .peak = 2'048 * byte, .arena = 2'048 * byte};
  return network;
}

}  // namespace chipcast::report
