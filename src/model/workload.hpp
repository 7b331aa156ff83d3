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
#include <optional>
#include <string>
#include <vector>

#include "graph/complexity.hpp"
#include "hardware/runtime.hpp"
#include "model/target.hpp"
#include "tiling/utilisation.hpp"
#include "transform/fusion.hpp"
#include "transform/keep.hpp"

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
  // Of a network at several precisions (Target::at). The activations above are then counted at the width of the group's
  // own: a value that is stored at half of it is half an element.
  std::uint32_t target = 0;
  double converted =
      0;  // values it takes from or to another precision, an operation each, which `flops` holds
};

// What a network at several precisions is stored as.
struct Stored {
  std::vector<double> weight_bytes;  // by target
  double all_weight_bytes = 0;
  double activation_peak_bytes = 0;  // one sample
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
  std::optional<Stored> stored = {};    // nothing where all of it is stored as the target says
  std::vector<std::string> notes = {};  // what of the precisions that were asked for does not hold
};

Workload make_workload(const Graph& graph, const Complexity& complexity, const Runtime& runtime);

// For several runtimes of one network: what its operators touch is found once.
class WorkloadMaker {
 public:
  WorkloadMaker(const Graph& graph, const Complexity& complexity);  // both outlive it
  Workload operator()(const Runtime& runtime) const;

  // With what is kept at precisions of their own, which the target has. A fused group runs at the precision of its main
  // operator, whatever its other operators are kept at.
  //
  // Where a tensor is read at another precision than it is written at, it is converted, one operation a value in the
  // vector units. A runtime that fuses chains of elementwise operators does that inside the kernels on both sides: what
  // goes through memory is the narrower of what is written and the widest that is read. Elsewhere it is a kernel of its
  // own, one for each tensor and precision, which reads the one and writes the other.
  Workload operator()(const Target& target, const KeptOperators& kept) const;

  // How many elements of a tensor a fused group touches, at most all of them.
  double elements_read(const FusedGroup& fused, TensorId tensor, const std::vector<TensorId>& storage) const;

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
