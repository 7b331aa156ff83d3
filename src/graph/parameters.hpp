// graph/parameters.hpp: which stored tensors are parameters, and who reads them first.
//
//   Parameters p = count_parameters(graph);
//   p.total, p.model_bytes
#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace chipcast {

struct Parameters {
  std::int64_t total = 0;  // trainable values, each counted once however often it is read
  Bytes model_bytes;       // everything stored, at its precision, bodies of loops and branches included
};

// A stored tensor is a parameter if it is floating point and some operator reads it as data (not only as a statistic,
// a scale, a zero point or a shape), or a quantized weight or bias.
Parameters count_parameters(const Graph& graph);

// By tensor of `graph`: its elements if it is a parameter stored in `graph`, else 0.
std::vector<std::int64_t> parameter_elements(const Graph& graph);

}  // namespace chipcast
