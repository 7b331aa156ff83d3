// Scatter, ScatterElements, ScatterND: a copy of the data with some elements replaced or combined with updates.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"

namespace chipcast {
namespace {

enum class Combine { replace, add, multiply, least, most };

Combine read_reduction(Inference& op) {
  const std::string name = op.text_or("reduction", "none");
  if (name == "none") return Combine::replace;
  if (name == "add") return Combine::add;
  if (name == "mul") return Combine::multiply;
  if (name == "min") return Combine::least;
  if (name == "max") return Combine::most;
  op.fail(fmt::format("attribute 'reduction' is '{}'; expected none, add, mul, min or max", name));
  return Combine::replace;
}

void update(Constant& target, std::int64_t at, const Constant& updates, std::int64_t from, Combine how) {
  Constant one = zeros(target.type.dtype, Shape{});
  copy_element(updates, from, one, 0);
  const auto to = static_cast<std::size_t>(at);
  const auto combined = [how]<class T>(T a, T b) {
    switch (how) {
      case Combine::replace:
        return b;
      case Combine::add:
        return static_cast<T>(a + b);
      case Combine::multiply:
        return static_cast<T>(a * b);
      case Combine::least:
        return std::min(a, b);
      case Combine::most:
        return std::max(a, b);
    }
    return b;
  };
  const DType dtype = target.type.dtype;
  if (target.is_real()) {
    target.reals[to] = rounded(dtype, combined(target.reals[to], one.reals[0]));
  } else if (how == Combine::add || how == Combine::multiply) {
    // Unsigned, for sums that wrap.
    const auto sum =
        combined(static_cast<std::uint64_t>(target.ints[to]), static_cast<std::uint64_t>(one.ints[0]));
    target.ints[to] = wrapped(dtype, static_cast<std::int64_t>(sum));
  } else {
    target.ints[to] = combined(target.ints[to], one.ints[0]);
  }
}

struct Known {
  const Constant* data;
  const Constant* indices;
  const Constant* updates;
  explicit operator bool() const {
    return data != nullptr && indices != nullptr && updates != nullptr && !indices->is_real();
  }
};
Known known_inputs(const Inference& op) { return {known(op, 0), known(op, 1), known(op, 2)}; }

// ---- one element for each index -----------------------------------------------------------------------------------------

void scatter_elements_rule(Inference& op) {
  const Shape& data = op.shape(0);
  const Shape& indices = op.shape(1);
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), data.rank());
  const Combine how = read_reduction(op);
  if (op.failed()) return;
  bool fits = indices.rank() == data.rank() && op.shape(2) == indices;
  for (std::int64_t i = 0; fits && i < data.rank(); ++i) fits = i == axis || indices[i] <= data[i];
  if (!fits) {
    op.fail(fmt::format("indices of shape {} and updates of shape {} do not fit data of shape {}",
                        format(indices), format(op.shape(2)), format(data)));
    return;
  }
  op.output(0, op.dtype(0), data);
  const Known inputs = known_inputs(op);
  if (op.failed() || !inputs) return;
  Constant result = *inputs.data;
  Index to;
  for_each_index(indices, [&](const Index& at, std::int64_t flat) {
    to = at;
    to[static_cast<std::size_t>(axis)] =
        normalized_index(op, inputs.indices->ints[static_cast<std::size_t>(flat)], data[axis]);
    if (!op.failed()) update(result, flat_index(data, to), *inputs.updates, flat, how);
  });
  if (!op.failed()) op.output_value(0, std::move(result));
}

// ---- the last axis of the indices is a place in the data ------------------------------------------------------------------

void scatter_nd_rule(Inference& op) {
  if (!op.expect_rank(0, 1, any_number) || !op.expect_rank(1, 1, any_number)) return;
  const Shape& data = op.shape(0);
  const Shape& indices = op.shape(1);
  const Combine how = read_reduction(op);
  const std::int64_t length = indices[indices.rank() - 1];
  if (length > data.rank()) {
    op.fail(
        fmt::format("indices of shape {} do not point into data of shape {}", format(indices), format(data)));
    return;
  }
  std::vector<std::int64_t> extents(indices.begin(), indices.end() - 1);
  extents.insert(extents.end(), data.begin() + length, data.end());
  if (op.shape(2) != Shape(extents)) {
    op.fail(fmt::format("updates have shape {}, but indices of shape {} into data of shape {} take {}",
                        format(op.shape(2)), format(indices), format(data), format(Shape(extents))));
    return;
  }
  op.output(0, op.dtype(0), data);
  const Known inputs = known_inputs(op);
  if (op.failed() || !inputs) return;
  Constant result = *inputs.data;
  const std::int64_t slice = data.elements(length, data.rank());
  for (std::int64_t flat = 0; flat < inputs.updates->size(); ++flat) {
    std::int64_t place = 0;
    for (std::int64_t i = 0; i < length; ++i) {
      const auto index = inputs.indices->ints[static_cast<std::size_t>(flat / slice * length + i)];
      place = place * data[i] + normalized_index(op, index, data[i]);
    }
    if (op.failed()) return;
    update(result, place * slice + flat % slice, *inputs.updates, flat, how);
  }
  op.output_value(0, std::move(result));
}

// The data is copied, then the updates are written over it.
Work scatter_work(Inference& op) {
  const std::int64_t updates = op.shape(2).elements();
  Work work;
  work.stated = ExplicitWork{.flops = read_reduction(op) == Combine::replace ? 0 : updates,
                             .elements_read = {op.shape(0).elements(), op.shape(1).elements(), updates}};
  return work;
}

constexpr OperatorType scattering(std::string_view name, void (*rule)(Inference&)) {
  return {.name = name,
          .operator_class = OperatorClass::data_movement,
          .least_inputs = 3,
          .most_inputs = 3,
          .rule = rule,
          .work = scatter_work,
          .roles = {InputRole::data, InputRole::shape, InputRole::data}};
}

constexpr OperatorType operators[] = {
    scattering("Scatter", scatter_elements_rule),
    scattering("ScatterElements", scatter_elements_rule),
    scattering("ScatterND", scatter_nd_rule),
};

}  // namespace

std::span<const OperatorType> scatter_operators() { return operators; }

}  // namespace chipcast
