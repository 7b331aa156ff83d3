// graph/control_flow.hpp: the shape rules of If, Loop and Scan, whose bodies are graphs.
//
//   if (is_control_flow(op)) shape_control_flow(graph, op, shaper);
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "graph/graph.hpp"
#include "graph/shaping.hpp"

namespace chipcast {

bool is_control_flow(const Operator& op);

// What a control-flow rule needs of its surroundings.
struct BodyShaper {
  const ShapingOptions& options;
  // Shapes a body whose inputs and captured tensors have their types; false if it complained.
  std::function<bool(Graph& body)> shape;
  std::function<void(std::string message)> fail;
  std::function<void(std::string message)> warn;
};

// Sets the types of the operator's outputs, `trips` and `taken`.
void shape_control_flow(Graph& graph, OperatorId id, const BodyShaper& shaper);

}  // namespace chipcast
