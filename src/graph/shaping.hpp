// graph/shaping.hpp: binds symbolic extents and gives every tensor its type by the operators' shape rules.
//
//   ShapingOptions options{.dims = {{"batch", 8}}};
//   Result<Shaped> shaped = shape_graph(graph, options);      // complains of every operator it cannot shape
//   for (const Diagnostic& warning : shaped->warnings) ...
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"

namespace chipcast {

struct ShapingOptions {
  // Extents by symbol ("batch"), by input axis ("input.0"), or, where only data decides, by tensor axis ("boxes.0")
  // or tensor ("boxes": all its open axes).
  std::map<std::string, std::int64_t, std::less<>> dims = {};
  // How often a Loop or Scan runs, by node name; "*" for all that are not named.
  std::map<std::string, std::int64_t, std::less<>> trips = {};
  // Go on where an operator is unknown but the file declares what it yields; such operators are `not_modelled`.
  bool skip_unknown_operators = false;
};

struct Shaped {
  std::vector<OperatorId> order;  // of execution
  Diagnostics warnings;           // what was assumed: an unbound batch is 1, ...
};

Result<Shaped> shape_graph(Graph& graph, const ShapingOptions& options);

}  // namespace chipcast
