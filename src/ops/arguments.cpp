#include "ops/arguments.hpp"

#include <fmt/format.h>

namespace chipcast {
namespace {

// More axes than any tensor has: a shape input as long as this is not a shape.
constexpr std::int64_t most_axes = 64;

}  // namespace

std::optional<std::vector<std::int64_t>> list_argument(Inference& op, std::string_view attribute, int input,
                                                       std::string_view what) {
  if (op.has(input)) return op.required_ints(input, what);
  if (op.attribute(attribute) != nullptr) return op.ints_or(attribute, {});
  return std::nullopt;
}

bool is_unknown(const Inference& op, int input) { return op.has(input) && op.value(input) == nullptr; }

std::optional<std::int64_t> known_int(const Inference& op, int input) {
  const Constant* value = op.value(input);
  if (value == nullptr || value->is_real() || value->ints.size() != 1) return std::nullopt;
  return value->ints.front();
}

std::vector<std::int64_t> normalized_axes(Inference& op, const std::vector<std::int64_t>& axes,
                                          std::int64_t rank) {
  std::vector<bool> seen(static_cast<std::size_t>(rank), false);
  std::vector<std::int64_t> normalized;
  for (const std::int64_t axis : axes) {
    const std::int64_t front = op.normalized_axis(axis, rank);
    if (op.failed()) return {};
    if (seen[static_cast<std::size_t>(front)]) {
      op.fail(fmt::format("axis {} is named twice", axis));
      return {};
    }
    seen[static_cast<std::size_t>(front)] = true;
    normalized.push_back(front);
  }
  return normalized;
}

std::int64_t normalized_index(Inference& op, std::int64_t index, std::int64_t extent) {
  if (index >= -extent && index < extent) return index < 0 ? index + extent : index;
  op.fail(fmt::format("index {} is outside an axis of extent {}", index, extent));
  return 0;
}

DType dtype_argument(Inference& op, std::string_view name, DType fallback) {
  if (op.attribute(name) == nullptr) return fallback;
  const std::int64_t code = op.int_or(name, 0);
  if (const auto dtype = dtype_of_onnx(code)) return *dtype;
  op.fail(fmt::format("attribute '{}' is {}, which is not an element type", name, code));
  return fallback;
}

Shape bound_shape(Inference& op, std::int64_t rank, std::string_view what) {
  Shape shape;
  if (rank < 0) op.fail(fmt::format("{} would have {} axes", what, rank));
  for (std::int64_t axis = 0; axis < rank && !op.failed(); ++axis) {
    shape.push_back(op.data_dependent_extent(0, axis, what));
  }
  return shape;
}

std::int64_t list_length(Inference& op, int input, std::string_view what) {
  const std::int64_t length = op.rank(input) == 0 ? 1 : op.shape(input)[0];
  if (op.rank(input) <= 1 && length <= most_axes) return length;
  op.fail(fmt::format("{} (input {}) has shape {}, expected a list of at most {}", what, input,
                      format(op.shape(input)), most_axes));
  return 0;
}

Shape shape_from_data(Inference& op, int input, std::string_view what) {
  return bound_shape(op, list_length(op, input, what), what);
}

bool are_extents(Inference& op, const std::vector<std::int64_t>& extents, std::string_view what) {
  for (const std::int64_t extent : extents) {
    if (extent >= 0) continue;
    op.fail(fmt::format("{} has the entry {}, expected extents of 0 or more", what, extent));
    return false;
  }
  return true;
}

}  // namespace chipcast
