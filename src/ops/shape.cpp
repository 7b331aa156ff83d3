#include "ops/shape.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/quantity.hpp"

namespace chipcast {

bool Shape::is_concrete() const {
  return std::ranges::all_of(extents_, [](std::int64_t extent) { return extent >= 0; });
}

std::int64_t Shape::elements() const { return elements(0, rank()); }

std::int64_t Shape::elements(std::int64_t first, std::int64_t last) const {
  std::int64_t product = 1;
  for (std::int64_t axis = first; axis < last; ++axis) product = saturating_multiply(product, (*this)[axis]);
  // A zero extent anywhere empties the tensor, even where the product before it outgrew int64.
  for (std::int64_t axis = first; axis < last; ++axis) {
    if ((*this)[axis] == 0) return 0;
  }
  return product;
}

std::string format(const Shape& shape) {
  if (shape.rank() == 0) return "scalar";
  std::string text;
  for (const std::int64_t extent : shape) {
    if (!text.empty()) text += "x";
    text += extent >= 0 ? fmt::format("{}", extent) : "?";
  }
  return text;
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const std::int64_t rank = std::max(a.rank(), b.rank());
  Shape result(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 1));
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    const std::int64_t from_a = axis - (rank - a.rank());
    const std::int64_t from_b = axis - (rank - b.rank());
    const std::int64_t extent_a = from_a < 0 ? 1 : a[from_a];
    const std::int64_t extent_b = from_b < 0 ? 1 : b[from_b];
    if (extent_a != extent_b && extent_a != 1 && extent_b != 1) return std::nullopt;
    result[axis] = extent_a == 1 ? extent_b : extent_a;
  }
  return result;
}

}  // namespace chipcast
