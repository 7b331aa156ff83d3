// validate/reference.hpp: what claims are held against: networks as their graphs say, machines as their files say.
//
//   Reference reference;
//   reference.networks["resnet18"] = facts_of(graph, complexity, "resnet");
//   reference.devices["kpu-t2"] = device;                    // under the names that the claims use
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "graph/complexity.hpp"
#include "hardware/device.hpp"

namespace chipcast {

struct NetworkFacts {
  std::string family;
  std::int64_t parameters = 0;
  double read_share = 1;  // of the parameters that a run reads: of an embedding few rows
  Bytes model_bytes;      // everything stored, at the graph's own precision
  Macs macs;
  Flops flops;
  std::map<OperatorClass, Flops> flops_by_class = {};
  ActivationMemory activation;
};

NetworkFacts facts_of(const Complexity& complexity, std::string family);

struct Reference {
  std::map<std::string, NetworkFacts, std::less<>> networks = {};
  std::map<std::string, Device, std::less<>> devices = {};
};

}  // namespace chipcast
