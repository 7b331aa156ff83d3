// cli/workloads.hpp: networks of the zoo as runtimes run them, each built once.
//
//   Workloads workloads;
//   Result<const Workload*> workload = workloads("resnet50?batch=8", runtime);   // valid as long as this object
#pragma once

#include <map>
#include <string>
#include <utility>

#include "cli/load.hpp"
#include "model/workload.hpp"

namespace chipcast::cli {

class Workloads {
 public:
  Result<const Workload*> operator()(const std::string& model, const Runtime& runtime);

 private:
  Models models_;
  std::map<std::string, Result<report::Network>> networks_;
  std::map<std::pair<std::string, std::string>, Workload> workloads_;
};

}  // namespace chipcast::cli
