// import/onnx_graph.hpp: a graph of the file: its weights, inputs, operators and outputs.
//
//   Graph graph = read_main_graph(model, message);
//   std::shared_ptr<Graph> body = read_body(model, site, message);     // of a node that stands at `site`
#pragma once

#include <memory>
#include <string_view>

#include "import/onnx_scope.hpp"

namespace chipcast::onnx {

Graph read_main_graph(Model& model, std::string_view message);
std::shared_ptr<Graph> read_body(Model& model, const Site& site, std::string_view message);

}  // namespace chipcast::onnx
