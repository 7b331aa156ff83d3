// model/workload.hpp: a network as a runtime runs it: one row per fused group, everything a machine must do for it.
//
//   const Workload workload = make_workload(graph, complexity, runtime);
//   workload.groups[0].macs, workload.groups[0].weight_elements
//
// Built once per network and runtime; estimating it on a machine only reads it. Figures are those of one sample as
// the graph was shaped (batch 1 unless it was bound otherwise); activations and operations grow with the batch,
// weights do not.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "graph/complexity.hpp"
#include "hardware/runtime.hpp"
#include "tiling/utilisation.hpp"
#include "transform/fusion.hpp"

namespace chipcast {

struct GroupWork {
  std::string name;  // of its main operator
  WorkKind kind = WorkKind::other;
  double macs = 0;
  double flops = 0;  // beside the MACs
  double transcendentals = 0;
  double weight_elements = 0;              // stored floating-point or quantized values it reads
  double activation_elements_read = 0;     // floating point
  double activation_elements_written = 0;  // floating point
  double fixed_bytes = 0;                  // of tensors that no precision changes: indices, masks
  double repeats = 1;                      // of a loop around it: kernels launched that often
  Product product;                         // its main product; all ones if it has none
  // How many times fewer multiplications Winograd's F(t x t, 3 x 3) leaves, the best of t = 0 (none), ... to 2 i.
  std::array<double, 4> winograd = {1, 1, 1, 1};
  std::vector<std::size_t> rows;          // of Complexity::operators
  std::vector<std::string> members = {};  // the names of those
};

struct Workload {
  std::string model;
  std::vector<GroupWork> groups;                       // in order of execution
  std::vector<std::vector<std::size_t>> predecessors;  // of each group: groups whose results it reads
  // Groups that ask for the same cost the same: of each, its place among those that differ, in order of appearance;
  // empty: each is taken for itself.
  std::vector<std::uint32_t> alike = {};
  double weight_elements = 0;        // of the whole network, each stored value once
  double activation_peak_bytes = 0;  // at the graph's own precision, one sample
  Fusion fusion;
};

Workload make_workload(const Graph& graph, const Complexity& complexity, const Runtime& runtime);

// For several runtimes of one network: what its operators touch is found once.
class WorkloadMaker {
 public:
  WorkloadMaker(const Graph& graph, const Complexity& complexity);  // both outlive it
  Workload operator()(const Runtime& runtime) const;

  // Of an operator alone, whatever it is fused with.
  struct Alone {
    Touched touched;
    Product product;  // of its multiply-accumulates; all ones if it has none
    Cost cost;        // of what another operator may absorb
  };

 private:
  const Graph& graph_;
  const Complexity& complexity_;
  std::vector<Alone> alone_;  // by row of the complexity; empty for views and bodies
};

// Fills Workload::alike; last, as it goes by what the groups are then.
void find_alike(Workload& workload);

WorkKind work_kind(OperatorClass operator_class);

}  // namespace chipcast
