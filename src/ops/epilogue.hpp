// ops/epilogue.hpp: what follows a product, each as a nest of its own, so that MACs stay those of the product.
//
//   if (op.has(2)) work.nests.push_back(bias_nest(op, 2, 1));           // one value per channel: 1 FLOP an output
//   work.nests.push_back(activation_nest(op, "Relu"));
//   work.nests.push_back(requantization_nest(op, {3, 4}, 1));           // output scale and zero point
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "ops/operator_type.hpp"

namespace chipcast {

// Adds input `input`, one value per index of `axis` of output 0.
LoopNest bias_nest(const Inference& op, int input, std::int64_t axis);

// What an activation function costs per element; nothing if there is none of this name. Names are those of ONNX,
// compared without regard to case, since recurrent operators write "sigmoid" as often as "Sigmoid".
std::optional<PointWork> activation_cost(std::string_view name);
// Output 0 through an activation in place.
LoopNest activation_nest(const Inference& op, PointWork cost);

// Scales the accumulated output 0 and adds the zero point: 2 FLOPs an output (rounding and saturation belong to the
// conversion). Reads `parameters`, each a scalar or one value per index of `axis`.
LoopNest requantization_nest(const Inference& op, std::initializer_list<int> parameters, std::int64_t axis);

// A scale or zero point is a scalar or has one value per channel; complains of anything else.
void expect_per_channel(Inference& op, int input, std::int64_t channels, std::string_view what);
// Reads such an input where the loops stand at `channel`; inputs left out are skipped.
void read_per_channel(LoopNest& nest, const Inference& op, int input, const Affine& channel);

// The type of a zero point, or `fallback` where it is left out.
DType dtype_or(const Inference& op, int input, DType fallback);

}  // namespace chipcast
