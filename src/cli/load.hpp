// cli/load.hpp: from what the user calls a model to a shaped network and its complexity.
//
//   Models models;
//   Result<report::Network> network = load(models, "resnet50?classes=100", {.dims = {{"batch", 8}}});
//   if (!network) print(network.diagnostics(), quiet, streams);
#pragma once

#include <string>

#include "cli/models.hpp"
#include "report/describe.hpp"

namespace chipcast::cli {

Result<report::Network> load(Models& models, const std::string& model, ShapingOptions options);

// Shapes and counts a graph that has been read; `model` is what messages and reports call it.
Result<report::Network> characterized(Graph graph, const std::string& model, const ShapingOptions& options);

}  // namespace chipcast::cli
