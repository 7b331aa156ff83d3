// import/onnx_elements.hpp: the elements of a stored tensor, from raw bytes or from ONNX's typed fields.
//
//   if (is_worth_reading(type)) value = decode_raw(type, raw);          // raw.size() is what `type` takes
//   TypedData typed;  while (fields.next()) typed.measure(fields);      // how many there are, without reading them
//   TypedElements elements = decode_typed(reading, message, type);
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "import/onnx_wire.hpp"
#include "ops/attributes.hpp"

namespace chipcast::onnx {

// Few enough, and of a kind that shapes are computed from.
bool is_worth_reading(const TensorType& type);

ConstantPointer decode_raw(const TensorType& type, std::string_view raw);

// What a tensor of `type` holds in its typed field: complex numbers take two places, 4-bit ones share one.
std::int64_t elements_of_typed_data(const TensorType& type);

// How many elements stand in each typed field, as far as that shows without reading them.
class TypedData {
 public:
  struct Size {
    std::int64_t least = 0, most = 0;
  };
  // Takes the field that `fields` stopped at, if it is a typed one.
  bool measure(Fields& fields);
  Size size(DType dtype) const;  // of the field where elements of that type belong
  bool is_empty() const;

 private:
  std::array<Size, 6> sizes_;  // by home
};

struct TypedElements {
  ConstantPointer value;
  std::int64_t count = 0;  // places in the typed field; `value` is null unless it is the right number
};
TypedElements decode_typed(Reading& reading, std::string_view tensor, const TensorType& type);

}  // namespace chipcast::onnx
