// report/explain.hpp: where the numbers of one operator come from: its fused group, bytes, figures, term by term.
//
//   const Estimate estimate = chipcast::estimate(workload, target, {.batch = 8});
//   Report report = explain({.network = network, .workload = workload, .target = target, .estimate = estimate}, 3);
//
// What stands in it is read from the estimate; the formulas beside it are those of model/estimate.hpp.
#pragma once

#include <cstddef>

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

// `group`: of Workload::groups.
Report explain(const ExplainInput& input, std::size_t group);

}  // namespace chipcast::report
