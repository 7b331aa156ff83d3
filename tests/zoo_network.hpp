// tests/zoo_network.hpp: networks of the zoo, shaped and counted, for tests above the graph.
//
//   const ZooNetwork& network = zoo_network("resnet18");     // read once a process
//   network.graph, network.complexity
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "graph/complexity.hpp"
#include "graph/shaping.hpp"
#include "import/zoo.hpp"

namespace chipcast {

struct ZooNetwork {
  Graph graph;
  Complexity complexity;
};

inline const ZooNetwork& zoo_network(const std::string& name) {
  static std::map<std::string, ZooNetwork> networks;
  const auto known = networks.find(name);
  if (known != networks.end()) return known->second;
  static const Result<Zoo> zoo = Zoo::open(CHIPCAST_SOURCE_DIR "/model_zoo");
  REQUIRE(zoo);
  Result<Graph> graph = build_zoo_model(*zoo, name);
  REQUIRE_MESSAGE(graph, name);
  ZooNetwork network{.graph = *std::move(graph), .complexity = {}};
  const Result<Shaped> shaped = shape_graph(network.graph, {});
  REQUIRE(shaped);
  Result<Complexity> complexity = characterize(network.graph, shaped->order);
  REQUIRE(complexity);
  network.complexity = *std::move(complexity);
  return networks.emplace(name, std::move(network)).first->second;
}

}  // namespace chipcast
