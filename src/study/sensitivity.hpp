// study/sensitivity.hpp: by how many percent latency and energy change where a figure changes by one.
//
//   for (const Elasticity& e : elasticities(workload, design)) e.path, e.latency     // "memory.dram.bandwidth", -0.62
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/workload.hpp"
#include "study/design.hpp"

namespace chipcast {

struct Elasticity {
  std::string path;
  double latency = 0;  // percent per percent: -1 means that twice the figure takes half the time
  std::optional<double> energy = {};  // absent where the device's energy is unknown
};

// Of every figure of the device that is above zero, by central differences; those that matter most for the latency
// come first.
std::vector<Elasticity> elasticities(const Workload& workload, const Design& design);

}  // namespace chipcast
