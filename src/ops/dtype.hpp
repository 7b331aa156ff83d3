// ops/dtype.hpp: element types and what one element takes.
//
//   bits(DType::int4)                   -> 4
//   bytes_of(1000, DType::bfloat16)     -> 2000 bytes
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/quantity.hpp"

namespace chipcast {

enum class DType : std::uint8_t {
  undefined,
  float64,
  float32,
  bfloat16,
  float16,
  float8_e4m3,
  float8_e5m2,
  float4_e2m1,
  int64,
  int32,
  int16,
  int8,
  int4,
  uint64,
  uint32,
  uint16,
  uint8,
  uint4,
  boolean,
  text,
  complex64,
  complex128,
};

std::string_view name(DType dtype);                       // "float32"
std::optional<DType> dtype_named(std::string_view name);  // accepts "fp32", "float32", ...

// TensorProto.DataType: 1 is float32, 7 is int64, ... as attributes like Cast's `to` give it.
std::optional<DType> dtype_of_onnx(std::int64_t code);

// Stored bits of one element; 0 for `undefined` and `text`.
int bits(DType dtype);
bool is_floating(DType dtype);
bool is_integer(DType dtype);
// Integers of at most 8 bits: what quantized weights are stored as.
bool is_quantized(DType dtype);

// Sub-byte elements are packed: 3 int4 take 2 bytes.
Bytes bytes_of(std::int64_t elements, DType dtype);

}  // namespace chipcast
