// import/onnx_type.hpp: what a file declares of a value: its element type and shape, with symbols for open extents.
//
//   NamedType input = read_value_info(import, graph, message);
//   input.name, input.kind                 // Kind::tensor; an optional value is of the kind that it may hold
//   input.type.shape                       // {symbol("batch"), 3, 224, 224}
#pragma once

#include <string_view>

#include "graph/graph.hpp"
#include "import/onnx_import.hpp"

namespace chipcast::onnx {

struct NamedType {
  enum class Kind { missing, tensor, sequence, map, opaque };
  std::string_view name;
  Kind kind = Kind::missing;
  bool has_shape = false;
  TensorType type;  // of a tensor, or of a sequence's tensors
};

// Open extents become symbols of `graph`, those without a name of their own under "<value>.<axis>". An impossible
// shape is complained of.
NamedType read_value_info(Import& import, Graph& graph, std::string_view message);

}  // namespace chipcast::onnx
