// tests/graph/build.hpp: graphs in a line each, for tests.
//
//   Graph graph;
//   TensorId x = input(graph, "x", {1, 3, 8, 8});
//   TensorId y = conv(graph, "c1", x, weight(graph, "w", {4, 3, 1, 1}));
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/graph.hpp"

namespace chipcast::build {

inline TensorId input(Graph& graph, std::string name, Shape shape, DType dtype = DType::float32) {
  return graph.add_input(std::move(name), {dtype, std::move(shape)});
}

inline TensorId weight(Graph& graph, std::string name, Shape shape, DType dtype = DType::float32) {
  return graph.add_weight(std::move(name), {dtype, std::move(shape)});
}

inline TensorId apply(Graph& graph, const std::string& name, const std::string& kind,
                      std::vector<TensorId> inputs, Attributes attributes = {}) {
  return graph.add_operator(name, "", kind, 17, std::move(attributes), std::move(inputs), {name + ".out"})[0];
}

inline TensorId conv(Graph& graph, const std::string& name, TensorId x, TensorId w) {
  return apply(graph, name, "Conv", {x, w});
}

// A pointwise convolution of `channels` channels onto as many, so that shapes stay as they are.
inline TensorId keep(Graph& graph, const std::string& name, TensorId x, std::int64_t channels) {
  return conv(graph, name, x, weight(graph, name + ".w", {channels, channels, 1, 1}));
}

}  // namespace chipcast::build
