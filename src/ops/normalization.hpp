// ops/normalization.hpp: the passes over a tensor that every normalization by its own statistics makes.
//
//   Normalization layer{.input = 0, .reduced = {false, false, true}, .scale = {1, gamma_axes}};
//   append_normalization(op, layer, work);     // mean, variance, statistics of each group, scaling
#pragma once

#include <optional>
#include <vector>

#include "ops/operator_type.hpp"

namespace chipcast {

// One loop of the iteration over the normalized tensor; several may make up one axis (the groups of GroupNormalization).
struct NormalizedLoop {
  std::string_view name;
  std::int64_t extent = 1;
  bool is_reduced = false;  // the statistics are taken over it
};

struct Normalization {
  std::vector<NormalizedLoop> loops = {};
  // How the normalized tensor (read and written alike) and its parameters stand to the loops.
  std::vector<Affine> at = {};
  std::optional<int> input = 0;  // none: it is made by a nest before (a sum), and stays within the operator
  std::optional<int> scale = {}, bias = {};
  std::vector<Affine> scale_at = {}, bias_at = {};
  bool is_centred = true;  // subtracts the mean; RMS normalization does not
};

// The loops for a tensor of `shape`, one per axis, and `at` to match.
Normalization normalization_over(const Shape& shape, const std::vector<bool>& reduced);

// Appends to `work`:
//   mean       1 FLOP an element   (x summed up; centred only)
//   variance   3 FLOPs an element  (x - mean, squared, summed up; 2 where not centred)
//   statistics 4 FLOPs and a square root a group: two divisions, + epsilon, a reciprocal (3 where not centred)
//   scaling    2 FLOPs an element  (x - mean, times the reciprocal; 1 where not centred), 1 more each for scale and bias
void append_normalization(const Inference& op, const Normalization& normalization, Work& work);

}  // namespace chipcast
