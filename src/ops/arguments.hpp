// ops/arguments.hpp: arguments that were attributes in one opset and inputs in another, and the axes they name.
//
//   const auto axes = list_argument(op, "axes", 1, "the axes");        // nothing where neither is given
//   for (std::int64_t axis : normalized_axes(op, *axes, op.rank(0)))   // in [0, rank), none twice
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ops/operator_type.hpp"

namespace chipcast {

// Input `input` if there is one (complains where it is computed from data), else the attribute, else nothing.
std::optional<std::vector<std::int64_t>> list_argument(Inference& op, std::string_view attribute, int input,
                                                       std::string_view what);
// The input is there, but its elements are not known.
bool is_unknown(const Inference& op, int input);
// The one integer that an input holds, where it is known.
std::optional<std::int64_t> known_int(const Inference& op, int input);

// Each counted from the front; complains of one outside the rank or named twice and is then empty.
std::vector<std::int64_t> normalized_axes(Inference& op, const std::vector<std::int64_t>& axes,
                                          std::int64_t rank);

// An index of an axis of `extent`, counted from the front; complains outside [-extent, extent) and is then 0.
std::int64_t normalized_index(Inference& op, std::int64_t index, std::int64_t extent);

// Attribute `name` as an element type, `fallback` where it is absent; complains of a code without a type.
DType dtype_argument(Inference& op, std::string_view name, DType fallback);

// The shape output 0 takes when only the data decides it: every extent bound by the user.
Shape bound_shape(Inference& op, std::int64_t rank, std::string_view what);
// How many axes an input that is computed from data names, for the rank of the result; complains if it is no list.
std::int64_t list_length(Inference& op, int input, std::string_view what);

// The shape an output takes when input `input`, which holds its extents, is computed from data: as many extents as
// the input has elements, each bound by the user.
Shape shape_from_data(Inference& op, int input, std::string_view what);

// A shape given as input `input` or, in the first opset, as attribute `shape`: complains of negative extents.
bool are_extents(Inference& op, const std::vector<std::int64_t>& extents, std::string_view what);

}  // namespace chipcast
