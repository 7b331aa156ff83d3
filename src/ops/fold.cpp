#include "ops/fold.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chipcast {
namespace {

bool calculable(DType dtype) {
  return is_integer(dtype) || dtype == DType::boolean || (is_floating(dtype) && bits(dtype) >= 16);
}

bool is_unsigned(DType dtype) { return dtype >= DType::uint64 && dtype <= DType::uint4; }

// Round to nearest even with `digits` significant bits; exponents below `least` lose digits, above `most` overflow.
double round_to(double value, int digits, int least, int most) {
  if (!std::isfinite(value) || value == 0.0) return value;
  int exponent = 0;
  std::frexp(value, &exponent);  // |value| in [2^(exponent-1), 2^exponent)
  const int last = std::max(exponent, least) - digits;
  const double nearest = std::ldexp(std::nearbyint(std::ldexp(value, -last)), last);
  return std::abs(nearest) < std::ldexp(1.0, most)
             ? nearest
             : std::copysign(std::numeric_limits<double>::infinity(), value);
}

}  // namespace

bool foldable(DType dtype, const Shape& shape) {
  return calculable(dtype) && shape.elements() <= Constant::most_elements;
}

const Constant* known(const Inference& op, int input) {
  const Constant* value = op.value(input);
  if (value == nullptr || !foldable(value->type.dtype, value->type.shape)) return nullptr;
  if (value->type.shape != op.shape(input)) return nullptr;
  const std::size_t held = value->is_real() ? value->reals.size() : value->ints.size();
  return static_cast<std::int64_t>(held) == value->size() ? value : nullptr;
}

bool all_known(const Inference& op) {
  for (int input = 0; input < op.input_count(); ++input) {
    if (op.has(input) && known(op, input) == nullptr) return false;
  }
  return true;
}

std::int64_t wrapped(DType dtype, std::int64_t value) {
  if (dtype == DType::boolean) return value != 0 ? 1 : 0;
  const int width = bits(dtype);
  if (width <= 0 || width >= 64) return value;
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  const std::uint64_t low = static_cast<std::uint64_t>(value) & mask;
  const bool negative = !is_unsigned(dtype) && ((low >> (width - 1)) & 1) != 0;
  return static_cast<std::int64_t>(negative ? low | ~mask : low);
}

double rounded(DType dtype, double value) {
  switch (dtype) {
    case DType::float32:
      return round_to(value, 24, -125, 128);
    case DType::float16:
      return round_to(value, 11, -13, 16);
    case DType::bfloat16:
      return round_to(value, 8, -125, 128);
    default:
      return value;
  }
}

std::int64_t truncated(DType dtype, double value) {
  if (std::isnan(value)) return 0;
  if (dtype == DType::boolean) return value != 0.0 ? 1 : 0;
  const int width = bits(dtype);
  const double top = std::ldexp(1.0, is_unsigned(dtype) ? std::min(width, 63) : width - 1);
  const double bottom = is_unsigned(dtype) ? 0.0 : -top;
  if (value >= top) {
    return width >= 64 ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(top) - 1;
  }
  return static_cast<std::int64_t>(std::max(value, bottom));
}

Constant zeros(DType dtype, Shape shape) {
  const auto count = static_cast<std::size_t>(shape.elements());
  Constant constant{.type = {dtype, std::move(shape)}};
  if (constant.is_real()) {
    constant.reals.assign(count, 0.0);
  } else {
    constant.ints.assign(count, 0);
  }
  return constant;
}

Constant int_vector(std::vector<std::int64_t> elements) {
  Constant constant{.type = {DType::int64, Shape{static_cast<std::int64_t>(elements.size())}}};
  constant.ints = std::move(elements);
  return constant;
}

Constant int_scalar(std::int64_t value) { return {.type = {DType::int64, Shape{}}, .ints = {value}}; }

Constant reshaped(const Constant& from, Shape shape) {
  Constant to = from;
  to.type.shape = std::move(shape);
  return to;
}

void copy_element(const Constant& from, std::int64_t i, Constant& to, std::int64_t j) {
  const auto source = static_cast<std::size_t>(i);
  const auto target = static_cast<std::size_t>(j);
  const DType dtype = to.type.dtype;
  if (to.is_real()) {
    to.reals[target] = rounded(dtype, from.real(i));
  } else {
    to.ints[target] =
        from.is_real() ? truncated(dtype, from.reals[source]) : wrapped(dtype, from.ints[source]);
  }
}

std::int64_t flat_index(const Shape& shape, const Index& at) {
  std::int64_t flat = 0;
  for (std::size_t axis = 0; axis < at.size(); ++axis) flat = flat * shape.extents()[axis] + at[axis];
  return flat;
}

std::int64_t broadcast_index(const Shape& operand, const Index& at) {
  const auto skipped = at.size() - operand.extents().size();
  std::int64_t flat = 0;
  for (std::size_t axis = 0; axis < operand.extents().size(); ++axis) {
    const std::int64_t extent = operand.extents()[axis];
    flat = flat * extent + (extent == 1 ? 0 : at[axis + skipped]);
  }
  return flat;
}

}  // namespace chipcast
