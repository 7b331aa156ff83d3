// import/onnx_tensor.hpp: ONNX's stored tensors: the type always, the elements only where they are few.
//
//   Result<StoredTensor> w = read_tensor(import, message);    // or: "holds 3 bytes, but 64x3 of float32 takes 768"
//   w->name, w->type.shape         // the 9 MB behind them were stepped over
//   if (w->value) w->value->ints   // a shape, an axis, a zero point
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "import/onnx_import.hpp"
#include "ops/attributes.hpp"

namespace chipcast::onnx {

struct StoredTensor {
  std::string_view name;
  TensorType type;
  ConstantPointer value;  // null: too many elements, or none that a shape could be computed from
};

// What is wrong is said without the tensor's name and place ("has a negative extent"): whoever reads it knows more.
Result<StoredTensor> read_tensor(Import& import, std::string_view message);

// A sparse tensor counts as the dense one it stands for.
Result<StoredTensor> read_sparse_tensor(Import& import, std::string_view message);

// ONNX's number of an element type; nothing for a number we do not know.
std::optional<DType> element_type(std::int64_t number);

inline constexpr std::int64_t most_axes = 64;

// What is wrong with a shape that a file gives ("has more than 2^50 elements"), or empty: no rank and no product in
// the rest of the program grows beyond what this lets through. Symbols (negative extents) are fine.
std::string problem_of(const Shape& shape);

}  // namespace chipcast::onnx
