// import/onnx_attribute.hpp: an operator's attribute as the file holds it, and as a value.
//
//   AttributeMessage attribute = read_attribute(import, message);
//   attribute.name, attribute.reference            // "axis", "" (or the name of a function's attribute)
//   attribute.graphs                               // bodies, to be read by whoever knows the names around them
//   value_of(import, attribute, op)                // everything else
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"
#include "import/onnx_import.hpp"

namespace chipcast::onnx {

struct AttributeMessage {
  std::string_view name;
  std::string_view reference;  // in a function: the attribute of the call that gives the value
  std::int64_t type = 0;       // ONNX's number; 0 in files older than the field
  std::optional<std::int64_t> integer;
  std::optional<double> real;
  std::optional<std::string_view> text, tensor, sparse_tensor;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  std::vector<std::string_view> texts, graphs;
};

AttributeMessage read_attribute(Import& import, std::string_view message);

// Nothing for what no shape rule reads (types, lists of tensors) and, after a complaint of `op`, for what is wrong.
std::optional<AttributeValue> value_of(Import& import, AttributeMessage& attribute, const Operator& op);

}  // namespace chipcast::onnx
