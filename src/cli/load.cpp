#include "cli/load.hpp"

#include <utility>

namespace chipcast::cli {
namespace {

// Complaints about a graph name the operator; which model it belongs to is known here.
Diagnostics placed(Diagnostics diagnostics, const std::string& model) {
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.place.file.empty()) diagnostic.place.file = model;
  }
  return diagnostics;
}

}  // namespace

Result<report::Network> load(Models& models, const std::string& model, ShapingOptions options) {
  const std::string name = models.with_overrides(model, options.dims);
  Result<Graph> graph = models.read(name);
  if (!graph) return graph.diagnostics();
  return characterized(*std::move(graph), name, options);
}

Result<report::Network> characterized(Graph graph, const std::string& model, const ShapingOptions& options) {
  report::Network network;
  network.name = model;
  network.graph = std::move(graph);
  Result<Shaped> shaped = shape_graph(network.graph, options);
  if (!shaped) return placed(shaped.diagnostics(), model);
  network.shaped = *std::move(shaped);
  network.shaped.warnings = placed(std::move(network.shaped.warnings), model);
  Result<Complexity> complexity = characterize(network.graph, network.shaped.order);
  if (!complexity) return placed(complexity.diagnostics(), model);
  network.complexity = *std::move(complexity);
  return network;
}

}  // namespace chipcast::cli
