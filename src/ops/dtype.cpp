#include "ops/dtype.hpp"

#include <algorithm>
#include <array>

namespace chipcast {
namespace {

struct Entry {
  DType dtype;
  std::string_view name;
  std::string_view short_name;
  int bits;
};

constexpr std::array entries = {
    Entry{DType::undefined, "undefined", "", 0},
    Entry{DType::float64, "float64", "fp64", 64},
    Entry{DType::float32, "float32", "fp32", 32},
    Entry{DType::bfloat16, "bfloat16", "bf16", 16},
    Entry{DType::float16, "float16", "fp16", 16},
    Entry{DType::float8_e4m3, "float8_e4m3", "fp8", 8},
    Entry{DType::float8_e5m2, "float8_e5m2", "", 8},
    Entry{DType::float4_e2m1, "float4_e2m1", "fp4", 4},
    Entry{DType::int64, "int64", "", 64},
    Entry{DType::int32, "int32", "", 32},
    Entry{DType::int16, "int16", "", 16},
    Entry{DType::int8, "int8", "", 8},
    Entry{DType::int4, "int4", "", 4},
    Entry{DType::uint64, "uint64", "", 64},
    Entry{DType::uint32, "uint32", "", 32},
    Entry{DType::uint16, "uint16", "", 16},
    Entry{DType::uint8, "uint8", "", 8},
    Entry{DType::uint4, "uint4", "", 4},
    Entry{DType::boolean, "bool", "", 8},
    Entry{DType::text, "string", "", 0},
    Entry{DType::complex64, "complex64", "", 64},
    Entry{DType::complex128, "complex128", "", 128},
};

const Entry& entry(DType dtype) { return entries[static_cast<std::size_t>(dtype)]; }

}  // namespace

std::string_view name(DType dtype) { return entry(dtype).name; }

std::optional<DType> dtype_named(std::string_view name) {
  const auto* found = std::ranges::find_if(entries, [&](const Entry& e) {
    return e.dtype != DType::undefined && (e.name == name || (!e.short_name.empty() && e.short_name == name));
  });
  if (found == entries.end()) return std::nullopt;
  return found->dtype;
}

std::optional<DType> dtype_of_onnx(std::int64_t code) {
  using enum DType;
  // The variants of 8-bit floating point differ in their zeros and infinities, not in what they take.
  constexpr std::array by_code = {undefined,   float32,     uint8,       int8,       uint16,   int16,
                                  int32,       int64,       text,        boolean,    float16,  float64,
                                  uint32,      uint64,      complex64,   complex128, bfloat16, float8_e4m3,
                                  float8_e4m3, float8_e5m2, float8_e5m2, uint4,      int4,     float4_e2m1};
  if (code <= 0 || code >= static_cast<std::int64_t>(by_code.size())) return std::nullopt;
  return by_code[static_cast<std::size_t>(code)];
}

int bits(DType dtype) { return entry(dtype).bits; }

bool is_floating(DType dtype) { return dtype >= DType::float64 && dtype <= DType::float4_e2m1; }
bool is_integer(DType dtype) { return dtype >= DType::int64 && dtype <= DType::uint4; }
bool is_quantized(DType dtype) { return is_integer(dtype) && bits(dtype) <= 8; }

Bytes bytes_of(std::int64_t elements, DType dtype) {
  const int width = bits(dtype);
  if (width % 8 == 0) return saturating_multiply(elements, width / 8) * byte;
  return (saturating_add(saturating_multiply(elements, width), 7) / 8) * byte;
}

}  // namespace chipcast
