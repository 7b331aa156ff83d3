// report/explain.hpp: where the numbers of one operator or of a whole network come from: bytes, figures, term by term.
//
//   const Estimate estimate = chipcast::estimate(workload, target, {.batch = 8});
//   const ExplainInput input{.network = network, .workload = workload, .target = target, .estimate = estimate};
//   Report report = explain(input, 3);                     // the kernel of Workload::groups[3]
//   Report whole = explain(input);                         // latency, throughput, energy of all of it
//
// What stands in it is read from the estimate; the formulas beside it are those of model/estimate.hpp.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "model/estimate.hpp"
#include "report/describe.hpp"
#include "report/report.hpp"

namespace chipcast::report {

struct ExplainInput {
  const Network& network;
  const Workload& workload;
  const Target& target;
  const Estimate& estimate;  // with its groups
};

Report explain(const ExplainInput& input, std::size_t group);
Report explain(const ExplainInput& input);

// The same without the figures that it rests on, whose paths are told instead: several share one table of them.
struct Explained {
  Report report;
  std::set<std::string> figures;
};
Explained explain_network(const ExplainInput& input);

// One kernel's steps alone.
struct Steps {
  Table table;
  std::set<std::string> figures;
};
Steps steps_of(const ExplainInput& input, std::size_t group);

// An empty table of steps, and one of its rows: what it is, its formula, the same in numbers, and what that gives.
Table steps_table(const std::string& title);
void add_step(Table& steps, const std::string& term, const std::string& formula, const std::string& numbers,
              const Value& result, Unit unit);

// Figures of the device and the runtime, by path, with where they are from.
Table figures_table(const Target& target, const std::set<std::string>& paths);

}  // namespace chipcast::report
