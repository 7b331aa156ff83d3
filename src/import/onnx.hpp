// import/onnx.hpp: an ONNX file as an operator DAG, not shaped yet.
//
//   Result<Graph> graph = read_onnx("resnet50.onnx");     // weights are stepped over, not read
//   if (!graph) std::cerr << render(graph.diagnostics());
//   Result<Shaped> shaped = shape_graph(*graph, {.dims = {{"batch", 8}}});
//
// What becomes of the parts of a file:
// - Initializers are weights; of their elements only those are read that a shape may depend on (few, and integer or
//   scalar-like). Data outside the file need not be there. A sparse initializer counts as the dense tensor it stands
//   for. An input with an initializer of the same name (ONNX's first versions) is a weight.
// - Constant nodes are literals: stored, but neither operators nor parameters.
// - Calls of functions that the file defines are replaced by their operators; a function goes before an operator of
//   the same name. The graphs of If, Loop and Scan become bodies, which capture the values they take from around.
// - Open extents are symbols, those without a name under "<value>.<axis>". What the file declares of computed values
//   is kept apart (Tensor::declared): shapes come from the operators' rules.
// - Nodes without a name are called after their operator and place: "Conv_12". No name holds anything unprintable.
//
// Memory and time are bounded in proportion to the file, whatever it holds.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.hpp"
#include "graph/graph.hpp"

namespace chipcast {

Result<Graph> read_onnx(const std::string& path);

// `path` is for messages and for data outside the file; the bytes are not needed afterwards.
Result<Graph> parse_onnx(std::span<const std::byte> bytes, const std::string& path);

}  // namespace chipcast
