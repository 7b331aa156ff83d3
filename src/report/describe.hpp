// report/describe.hpp: what networks cost, as reports: one alone, or several side by side.
//
//   Report report = describe({.name = "resnet50", .graph = graph, .shaped = *shaped, .complexity = *complexity}, {});
//   Report table = compare(networks);                       // one row a network, with ratios to the first
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "graph/complexity.hpp"
#include "graph/graph.hpp"
#include "graph/shaping.hpp"
#include "report/report.hpp"

namespace chipcast::report {

struct Network {
  std::string name;
  Graph graph;
  Shaped shaped;
  Complexity complexity;
};

// What the graph alone says of its order.
struct GraphFacts {
  std::int64_t operators = 0;        // of the network itself, not of bodies
  std::int64_t depth = 0;            // operators on the longest path
  std::int64_t most_concurrent = 0;  // operators that stand at the same depth, at most
  std::int64_t heaviest_path_operators = 0;
  Flops heaviest_path_flops;  // no machine finishes before this path is done
};
GraphFacts facts_of(const Network& network);

struct DescribeOptions {
  std::size_t operators = 10;         // how many of the per-operator table people see, the heaviest first
  const Network* baseline = nullptr;  // adds the ratios to this one
};

Report describe(const Network& network, const DescribeOptions& options);

// People also get the FLOPs of each operator class side by side; CSV gets one row a network.
Report compare(std::span<const Network> networks);

// "2.5% of the operators (3 of 120) are not modelled"; empty where all are.
std::string not_modelled_caveat(const Complexity& complexity);
double not_modelled_share(const Complexity& complexity);

// FLOPs and the rest, summed by what readers call the operators; heaviest first.
struct ClassTotal {
  OperatorClass operator_class = OperatorClass::other;
  std::int64_t operators = 0;
  std::int64_t parameters = 0;
  Macs macs;
  Flops flops;
  Bytes bytes;
};
std::vector<ClassTotal> class_totals(const Complexity& complexity);

}  // namespace chipcast::report
