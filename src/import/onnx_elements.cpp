#include "import/onnx_elements.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace chipcast::onnx {
namespace {

// A shape may be long, while floats matter only as the scales of a Resize, the limits of a Range and the like.
constexpr std::int64_t most_reals = 64;

static_assert(std::endian::native == std::endian::little, "ONNX stores raw data in little-endian order");

template <class T>
T load(std::string_view raw, std::int64_t index) {
  T element;
  std::memcpy(&element, raw.data() + static_cast<std::size_t>(index) * sizeof(T), sizeof(T));
  return element;
}

// Sign, exponent and fraction of the IEEE formats that C++20 has no type for.
double decode_small_float(std::uint32_t pattern, int exponent_bits, int fraction_bits) {
  const std::uint32_t fraction = pattern & ((1U << fraction_bits) - 1);
  const std::uint32_t most_exponent = (1U << exponent_bits) - 1;
  const std::uint32_t exponent = (pattern >> fraction_bits) & most_exponent;
  const double sign = ((pattern >> (fraction_bits + exponent_bits)) & 1U) != 0 ? -1 : 1;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  if (exponent == most_exponent) {
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fraction_bits);
  return sign *
         std::ldexp(fraction | (1U << fraction_bits), static_cast<int>(exponent) - bias - fraction_bits);
}

// Shapes are signed; an unsigned extent beyond that is absurd anyway.
std::int64_t clamped(std::uint64_t element) {
  return element > static_cast<std::uint64_t>(saturated) ? saturated : static_cast<std::int64_t>(element);
}

std::int64_t nibble(std::string_view raw, std::int64_t index, bool is_signed) {
  const auto pair = static_cast<unsigned char>(raw[static_cast<std::size_t>(index / 2)]);
  const int element = index % 2 == 0 ? pair & 0xF : pair >> 4;
  return is_signed && element > 7 ? element - 16 : element;
}

std::int64_t integer_at(DType dtype, std::string_view raw, std::int64_t index) {
  switch (dtype) {
    case DType::int64:
      return load<std::int64_t>(raw, index);
    case DType::int32:
      return load<std::int32_t>(raw, index);
    case DType::int16:
      return load<std::int16_t>(raw, index);
    case DType::int8:
      return load<std::int8_t>(raw, index);
    case DType::uint64:
      return clamped(load<std::uint64_t>(raw, index));
    case DType::uint32:
      return load<std::uint32_t>(raw, index);
    case DType::uint16:
      return load<std::uint16_t>(raw, index);
    case DType::uint8:
      return load<std::uint8_t>(raw, index);
    case DType::boolean:
      return load<std::uint8_t>(raw, index) != 0 ? 1 : 0;
    case DType::int4:
      return nibble(raw, index, true);
    case DType::uint4:
      return nibble(raw, index, false);
    default:
      return 0;  // `is_worth_reading` lets no other through
  }
}

double real_at(DType dtype, std::string_view raw, std::int64_t index) {
  switch (dtype) {
    case DType::float64:
      return load<double>(raw, index);
    case DType::float32:
      return load<float>(raw, index);
    case DType::float16:
      return decode_small_float(load<std::uint16_t>(raw, index), 5, 10);
    case DType::bfloat16:
      return decode_small_float(load<std::uint16_t>(raw, index), 8, 7);
    default:
      return 0;
  }
}

// The typed fields, numbered as in TypedData.
enum Home { in_floats, in_int32s, in_strings, in_int64s, in_doubles, in_uint64s };

Home home_of(DType dtype) {
  switch (dtype) {
    case DType::float32:
    case DType::complex64:
      return in_floats;
    case DType::float64:
    case DType::complex128:
      return in_doubles;
    case DType::int64:
      return in_int64s;
    case DType::uint32:
    case DType::uint64:
      return in_uint64s;
    case DType::text:
      return in_strings;
    default:
      return in_int32s;
  }
}

struct Occurrence {
  Home home;
  bool is_packed;
};

std::optional<Occurrence> typed_field(Field field) {
  using namespace tensor_field;
  switch (field) {
    case float_data:
      return Occurrence{in_floats, false};
    case float_data_packed:
      return Occurrence{in_floats, true};
    case int32_data:
      return Occurrence{in_int32s, false};
    case int32_data_packed:
      return Occurrence{in_int32s, true};
    case string_data:
      return Occurrence{in_strings, false};
    case int64_data:
      return Occurrence{in_int64s, false};
    case int64_data_packed:
      return Occurrence{in_int64s, true};
    case double_data:
      return Occurrence{in_doubles, false};
    case double_data_packed:
      return Occurrence{in_doubles, true};
    case uint64_data:
      return Occurrence{in_uint64s, false};
    case uint64_data_packed:
      return Occurrence{in_uint64s, true};
    default:
      return std::nullopt;
  }
}

// What one place of `int32_data` says about an element of `dtype`.
void append_place(DType dtype, std::int64_t place, Constant& constant) {
  const auto pattern = static_cast<std::uint32_t>(place & 0xFFFF);
  switch (dtype) {
    case DType::float16:
      constant.reals.push_back(decode_small_float(pattern, 5, 10));
      break;
    case DType::bfloat16:
      constant.reals.push_back(decode_small_float(pattern, 8, 7));
      break;
    case DType::boolean:
      constant.ints.push_back(place != 0 ? 1 : 0);
      break;
    case DType::int4:
    case DType::uint4: {
      const char pair[] = {static_cast<char>(place)};
      for (std::int64_t half = 0;
           half < 2 && static_cast<std::int64_t>(constant.ints.size()) < constant.size(); ++half) {
        constant.ints.push_back(nibble({pair, 1}, half, dtype == DType::int4));
      }
      break;
    }
    case DType::uint64:
      constant.ints.push_back(clamped(static_cast<std::uint64_t>(place)));
      break;
    default:
      constant.ints.push_back(place);
  }
}

}  // namespace

bool is_worth_reading(const TensorType& type) {
  const std::int64_t elements = type.shape.elements();
  if (type.dtype == DType::boolean || is_integer(type.dtype)) return elements <= Constant::most_elements;
  const bool is_decoded = type.dtype == DType::float64 || type.dtype == DType::float32 ||
                          type.dtype == DType::float16 || type.dtype == DType::bfloat16;
  return is_decoded && elements <= most_reals;
}

ConstantPointer decode_raw(const TensorType& type, std::string_view raw) {
  auto constant = std::make_shared<Constant>();
  constant->type = type;
  const std::int64_t elements = type.shape.elements();
  if (constant->is_real()) {
    for (std::int64_t i = 0; i < elements; ++i) constant->reals.push_back(real_at(type.dtype, raw, i));
  } else {
    for (std::int64_t i = 0; i < elements; ++i) constant->ints.push_back(integer_at(type.dtype, raw, i));
  }
  return constant;
}

std::int64_t elements_of_typed_data(const TensorType& type) {
  const std::int64_t elements = type.shape.elements();
  if (type.dtype == DType::complex64 || type.dtype == DType::complex128)
    return saturating_multiply(elements, 2);
  return bits(type.dtype) == 4 ? (elements + 1) / 2 : elements;
}

bool TypedData::measure(Fields& fields) {
  const std::optional<Occurrence> occurrence = typed_field(fields.field());
  if (!occurrence) return false;
  Size& size = sizes_[occurrence->home];
  if (!occurrence->is_packed) {
    fields.skip();
    ++size.least;
    ++size.most;
    return true;
  }
  const auto held = static_cast<std::int64_t>(fields.bytes().size());
  if (occurrence->home == in_floats || occurrence->home == in_doubles) {
    const std::int64_t width = occurrence->home == in_floats ? 4 : 8;
    size.least += held / width;
    size.most += held / width;
  } else {  // numbers of one to ten bytes each
    size.least += (held + 9) / 10;
    size.most += held;
  }
  return true;
}

TypedData::Size TypedData::size(DType dtype) const { return sizes_[home_of(dtype)]; }

bool TypedData::is_empty() const {
  for (const Size& size : sizes_) {
    if (size.most > 0) return false;
  }
  return true;
}

TypedElements decode_typed(Reading& reading, std::string_view tensor, const TensorType& type) {
  const Home home = home_of(type.dtype);
  std::vector<std::int64_t> places;
  auto constant = std::make_shared<Constant>();
  constant->type = type;
  for (Fields fields(reading, tensor); fields.next();) {
    const std::optional<Occurrence> occurrence = typed_field(fields.field());
    if (!occurrence || occurrence->home != home) {
      fields.skip();
    } else if (home == in_floats) {
      if (occurrence->is_packed)
        fields.append_reals32(constant->reals);
      else
        constant->reals.push_back(fields.real32());
    } else if (home == in_doubles) {
      if (occurrence->is_packed)
        fields.append_reals64(constant->reals);
      else
        constant->reals.push_back(fields.real64());
    } else if (occurrence->is_packed) {
      fields.append_integers(places);
    } else {
      places.push_back(fields.integer());
    }
  }
  if (home == in_floats || home == in_doubles) {
    TypedElements elements{.value = nullptr, .count = static_cast<std::int64_t>(constant->reals.size())};
    if (elements.count == type.shape.elements()) elements.value = std::move(constant);
    return elements;
  }
  TypedElements elements{.value = nullptr, .count = static_cast<std::int64_t>(places.size())};
  if (elements.count != elements_of_typed_data(type)) return elements;
  for (const std::int64_t place : places) append_place(type.dtype, place, *constant);
  elements.value = std::move(constant);
  return elements;
}

}  // namespace chipcast::onnx
