// Concat and Split: tensors laid side by side along one axis, and taken apart again.
//
// Both are one nest over the whole tensor. Part i lies at [begin, begin + extent) of the axis, so its index is
// `at - begin`, which falls outside the part wherever the whole belongs to another: such points touch nothing.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

std::vector<Affine> within_part(const std::vector<Affine>& at, std::int64_t axis, std::int64_t begin) {
  std::vector<Affine> part = at;
  Affine& index = part[static_cast<std::size_t>(axis)];
  index = index - begin;
  return part;
}

// ---- Concat ---------------------------------------------------------------------------------------------------------

// Required since opset 4; 1 before.
std::int64_t concat_axis(Inference& op) {
  const std::int64_t axis = op.opset() < 4 ? op.int_or("axis", 1) : op.required_int("axis");
  return op.normalized_axis(axis, op.rank(0));
}

void fold_concat(Inference& op, std::int64_t axis, const Shape& shape) {
  if (!foldable(op.dtype(0), shape) || !all_known(op)) return;
  Constant whole = zeros(op.dtype(0), shape);
  std::int64_t begin = 0;
  for (int input = 0; input < op.input_count(); ++input) {
    const Constant& part = *known(op, input);
    Index to;
    for_each_index(part.type.shape, [&](const Index& at, std::int64_t flat) {
      to = at;
      to[static_cast<std::size_t>(axis)] += begin;
      copy_element(part, flat, whole, flat_index(shape, to));
    });
    begin += part.type.shape[axis];
  }
  op.output_value(0, std::move(whole));
}

void concat_rule(Inference& op) {
  const std::int64_t axis = concat_axis(op);
  if (op.failed()) return;
  Shape shape = op.shape(0);
  for (int input = 1; input < op.input_count(); ++input) {
    if (!op.has(input)) {
      op.fail(fmt::format("input {} is missing", input));
      return;
    }
    const Shape& part = op.shape(input);
    bool fits = part.rank() == shape.rank();
    for (std::int64_t i = 0; fits && i < part.rank(); ++i) fits = i == axis || part[i] == shape[i];
    if (!fits) {
      op.fail(fmt::format("input {} of shape {} does not fit beside shape {} along axis {}", input,
                          format(part), format(op.shape(0)), axis));
      return;
    }
    shape[axis] = saturating_add(shape[axis], part[axis]);
  }
  op.output(0, op.dtype(0), shape);
  if (!op.failed()) fold_concat(op, axis, shape);
}

Work concat_work(Inference& op) {
  const std::int64_t axis = concat_axis(op);
  LoopNest nest = pointwise_nest(op, {}, {});
  const std::vector<Affine> at = nest.accesses().front().axes;
  std::int64_t begin = 0;
  for (int input = 0; input < op.input_count(); ++input) {
    nest.read(input_operand(input), op.shape(input), within_part(at, axis, begin));
    begin = saturating_add(begin, op.shape(input)[axis]);
  }
  return work_of(std::move(nest));
}

// ---- Split ----------------------------------------------------------------------------------------------------------

std::int64_t split_axis(Inference& op) { return op.normalized_axis(op.int_or("axis", 0), op.rank(0)); }

// Equal parts, the last one smaller where `uneven` (since opset 18) and the extent does not divide.
std::vector<std::int64_t> equal_parts(Inference& op, std::int64_t extent, std::int64_t parts, bool uneven) {
  if (parts < 1 || (!uneven && extent % parts != 0)) {
    op.fail(fmt::format("an extent of {} does not split into {} equal parts", extent, parts));
    return {};
  }
  const std::int64_t each = extent / parts + (extent % parts != 0 ? 1 : 0);
  std::vector<std::int64_t> lengths;
  std::int64_t left = extent;
  for (int i = 0; i < op.output_count(); ++i) {
    lengths.push_back(std::min(each, left));
    left -= lengths.back();
  }
  return lengths;
}

std::vector<std::int64_t> part_lengths(Inference& op, std::int64_t axis) {
  const std::int64_t extent = op.shape(0)[axis];
  if (is_unknown(op, 1)) {
    std::vector<std::int64_t> lengths;
    for (int i = 0; i < op.output_count() && !op.failed(); ++i) {
      lengths.push_back(op.data_dependent_extent(i, axis, "the length of a part"));
    }
    return lengths;
  }
  const auto given = list_argument(op, "split", 1, "the lengths of the parts");
  if (!given || given->empty()) {
    const std::int64_t parts = op.int_or("num_outputs", op.output_count());
    return equal_parts(op, extent, parts, op.opset() >= 18);
  }
  std::int64_t sum = 0;
  for (const std::int64_t length : *given) sum = length < 0 ? saturated : saturating_add(sum, length);
  if (sum != extent) {
    op.fail(fmt::format("the lengths {} do not make up axis {} of shape {}", fmt::join(*given, ", "), axis,
                        format(op.shape(0))));
  }
  return *given;
}

void split_rule(Inference& op) {
  const std::int64_t axis = split_axis(op);
  if (op.failed()) return;
  const std::vector<std::int64_t> lengths = part_lengths(op, axis);
  if (op.failed()) return;
  if (static_cast<int>(lengths.size()) < op.output_count()) {
    op.fail(fmt::format("{} parts for {} outputs", lengths.size(), op.output_count()));
    return;
  }
  const Constant* x = known(op, 0);
  std::int64_t begin = 0;
  for (int i = 0; i < op.output_count(); ++i) {
    Shape shape = op.shape(0);
    shape[axis] = lengths[static_cast<std::size_t>(i)];
    op.output(i, op.dtype(0), shape);
    if (op.failed()) return;
    if (x != nullptr && saturating_add(begin, shape[axis]) <= op.shape(0)[axis]) {
      Index from;
      op.output_value(i, rearranged(*x, shape, [&](const Index& at) {
                        from = at;
                        from[static_cast<std::size_t>(axis)] += begin;
                        return flat_index(x->type.shape, from);
                      }));
    }
    begin = saturating_add(begin, shape[axis]);
  }
  op.expect(begin <= op.shape(0)[axis], "the parts are longer than the whole");
}

Work split_work(Inference& op) {
  const std::int64_t axis = split_axis(op);
  LoopNest nest;
  std::vector<Affine> at;
  for (const std::int64_t extent : op.shape(0)) at.push_back(nest.loop("i", extent));
  // An output left out has no type any more, but its part still lies between its neighbours.
  const bool is_bound = is_unknown(op, 1);
  const std::vector<std::int64_t> lengths = is_bound ? std::vector<std::int64_t>() : part_lengths(op, axis);
  std::int64_t begin = 0;
  for (int i = 0; i < op.output_count(); ++i) {
    const Shape& part = op.output_type(i).shape;
    const bool is_there = part.rank() == op.rank(0);
    if (is_there) nest.write(output_operand(i), part, within_part(at, axis, begin));
    if (!is_bound) {
      begin = saturating_add(begin, lengths[static_cast<std::size_t>(i)]);
    } else if (is_there) {
      begin = saturating_add(begin, part[axis]);
    }
  }
  nest.read(input_operand(0), op.shape(0), std::move(at));
  return work_of(std::move(nest));
}

constexpr OperatorType operators[] = {
    {.name = "Concat",
     .operator_class = OperatorClass::data_movement,
     .most_inputs = any_number,
     .rule = concat_rule,
     .work = concat_work},
    {.name = "Split",
     .operator_class = OperatorClass::data_movement,
     .most_inputs = 2,
     .most_outputs = any_number,
     .rule = split_rule,
     .work = split_work,
     .roles = {InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> concat_operators() { return operators; }

}  // namespace chipcast
