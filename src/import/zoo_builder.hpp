// import/zoo_builder.hpp: runs a family's program with its parameters set and so builds the graph.
//
//   Result<Graph> graph = build(family, "resnet50", parameters);    // one datum a parameter
//
// Bounded: at most 1,000,000 steps and 100,000 operators, blocks nested at most 32 deep.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "graph/graph.hpp"
#include "import/zoo_program.hpp"

namespace chipcast::zoo {

Result<Graph> build(const Family& family, std::string name, const std::vector<Datum>& parameters);

}  // namespace chipcast::zoo
