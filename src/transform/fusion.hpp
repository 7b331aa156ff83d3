// transform/fusion.hpp: which operators a runtime runs as one kernel, and what that saves.
//
//   Fusion fusion = fuse(graph, complexity, runtime);
//   fusion.groups[0].rows, fusion.saved[FusionRule::product_activation]
//
// Groups grow over dominator regions: from a group's result over operators until everything in between is read inside
// the region only, so that the tensors in between need never exist. Each step is allowed by one rule of the runtime.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/quantity.hpp"
#include "graph/complexity.hpp"
#include "graph/graph.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

struct FusedGroup {
  std::vector<std::size_t>
      rows;  // of Complexity::operators, in order of execution; the first began the group
  std::vector<std::optional<FusionRule>> let_in_by;  // of each row; nothing for the first
  std::size_t main = 0;                              // the row with the most MACs, else with the most bytes
  std::vector<TensorId> reads = {};                  // tensors from outside, each once, stored ones included
  std::vector<TensorId> writes = {};                 // tensors that somebody outside reads
};

struct Fusion {
  std::vector<FusedGroup> groups;  // in order of execution; what runs ahead or moves nothing is in none
  std::vector<TensorId>
      storage;  // of each tensor: the one that holds its elements, itself unless it is a view
  // Bytes that are neither written nor read any more, by the rule that let the reader in.
  std::array<Bytes, fusion_rule_count> saved = {};
};

Fusion fuse(const Graph& graph, const Complexity& complexity,
            const std::array<bool, fusion_rule_count>& rules);

}  // namespace chipcast
