#include "cli/workloads.hpp"

namespace chipcast::cli {

Result<const Workload*> Workloads::operator()(const std::string& model, const Runtime& runtime) {
  auto network = networks_.find(model);
  if (network == networks_.end()) network = networks_.emplace(model, load(models_, model, {})).first;
  if (!network->second) return network->second.diagnostics();
  const auto [workload, is_new] = workloads_.try_emplace({model, runtime.id});
  if (is_new) workload->second = make_workload(network->second->graph, network->second->complexity, runtime);
  return &workload->second;
}

}  // namespace chipcast::cli
