// Operators whose results are chosen by the data: NonZero, Compress, Unique, TopK, NonMaxSuppression.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"

namespace chipcast {
namespace {

// Comparisons to sort, or to keep a heap of, `count` elements.
std::int64_t logarithm(std::int64_t count) {
  return count <= 1 ? 0 : static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(count - 1)));
}

Work stated(ExplicitWork explicit_work) {
  Work work;
  work.stated = std::move(explicit_work);
  return work;
}

// ---- NonZero: the indices of what is not zero, one column each ------------------------------------------------------------

void non_zero_rule(Inference& op) {
  const Shape& shape = op.shape(0);
  const std::int64_t rows = std::max<std::int64_t>(1, shape.rank());  // a scalar counts as a vector
  const Constant* x = known(op, 0);
  if (x == nullptr) {
    op.output(0, DType::int64,
              Shape{rows, op.data_dependent_extent(0, 1, "the number of elements that are not zero",
                                                   shape.elements())});
    return;
  }
  std::vector<Index> found;
  for_each_index(shape, [&](const Index& at, std::int64_t flat) {
    if (x->real(flat) != 0.0) found.push_back(shape.rank() == 0 ? Index{0} : at);
  });
  const auto count = static_cast<std::int64_t>(found.size());
  const Shape result_shape = {rows, count};
  op.output(0, DType::int64, result_shape);
  if (op.failed() || !foldable(DType::int64, result_shape)) return;
  Constant result = zeros(DType::int64, result_shape);
  for_each_index(result_shape, [&](const Index& at, std::int64_t flat) {
    result.ints[static_cast<std::size_t>(flat)] =
        found[static_cast<std::size_t>(at[1])][static_cast<std::size_t>(at[0])];
  });
  op.output_value(0, std::move(result));
}

Work non_zero_work(Inference& op) {
  const std::int64_t elements = op.shape(0).elements();
  return stated({.flops = elements, .elements_read = {elements}});
}

// ---- Compress: the slices that a list of booleans marks -------------------------------------------------------------------

void compress_rule(Inference& op) {
  const bool flattens = op.attribute("axis") == nullptr;
  const Shape from = flattens ? Shape{op.shape(0).elements()} : op.shape(0);
  const std::int64_t axis = flattens ? 0 : op.normalized_axis(op.int_or("axis", 0), from.rank());
  if (!op.expect_rank(1, 1, 1) || op.failed()) return;
  const Constant* marks = known(op, 1);
  std::vector<std::int64_t> kept;
  if (marks != nullptr) {
    for (std::int64_t i = 0; i < marks->size(); ++i) {
      if (marks->real(i) != 0.0) kept.push_back(i);
    }
    if (!kept.empty() && kept.back() >= from[axis]) {
      op.fail(fmt::format("the condition marks element {} of an axis of extent {}", kept.back(), from[axis]));
      return;
    }
  }
  Shape shape = from;
  shape[axis] = marks != nullptr
                    ? static_cast<std::int64_t>(kept.size())
                    : op.data_dependent_extent(0, axis, "the number of elements kept", from[axis]);
  op.output(0, op.dtype(0), shape);
  const Constant* x = known(op, 0);
  if (op.failed() || marks == nullptr || x == nullptr) return;
  Index source;
  op.output_value(0, rearranged(*x, shape, [&](const Index& at) {
                    source = at;
                    std::int64_t& place = source[static_cast<std::size_t>(axis)];
                    place = kept[static_cast<std::size_t>(place)];
                    return flat_index(from, source);
                  }));
}

Work compress_work(Inference& op) {
  return stated({.elements_read = {std::min(op.shape(0).elements(), op.output_type(0).shape.elements()),
                                   op.shape(1).elements()}});
}

// ---- Unique: (values, first places, places of each input element among the values, counts) -----------------------------------

void unique_rule(Inference& op) {
  const bool flattens = op.attribute("axis") == nullptr;
  Shape shape = flattens ? Shape{op.shape(0).elements()} : op.shape(0);
  const std::int64_t axis = flattens ? 0 : op.normalized_axis(op.int_or("axis", 0), shape.rank());
  if (op.failed()) return;
  const std::int64_t all = shape[axis];
  const std::int64_t distinct =
      all <= 1 ? all : op.data_dependent_extent(0, axis, "the number of distinct elements", all);
  shape[axis] = distinct;
  op.output(0, op.dtype(0), std::move(shape));
  op.output(1, DType::int64, Shape{distinct});
  op.output(2, DType::int64, Shape{all});
  op.output(3, DType::int64, Shape{distinct});
}

Work unique_work(Inference& op) {
  const std::int64_t elements = op.shape(0).elements();
  return stated({.flops = saturating_multiply(elements, logarithm(elements)), .elements_read = {elements}});
}

// ---- TopK -----------------------------------------------------------------------------------------------------------------

std::int64_t top_axis(Inference& op) { return op.normalized_axis(op.int_or("axis", -1), op.rank(0)); }

void top_k_rule(Inference& op) {
  const std::int64_t axis = top_axis(op);
  if (op.failed()) return;
  const std::int64_t extent = op.shape(0)[axis];
  std::int64_t k = 0;
  if (!op.has(1)) {
    k = op.required_int("k");
  } else if (const auto given = known_int(op, 1)) {
    k = *given;
  } else {
    k = op.data_dependent_extent(0, axis, "the number of largest elements", extent);
    // Somebody may have bound the other output, the only one that is read.
    if (k == extent && op.output_count() > 1) {
      k = op.data_dependent_extent(1, axis, "the number of largest elements", extent);
    }
  }
  if (k < 0 || k > extent) op.fail(fmt::format("the {} largest of {} elements are asked for", k, extent));
  if (op.failed()) return;
  Shape shape = op.shape(0);
  shape[axis] = k;
  op.output(0, op.dtype(0), shape);
  op.output(1, DType::int64, std::move(shape));
}

// Every element passes a heap of k.
Work top_k_work(Inference& op) {
  const std::int64_t elements = op.shape(0).elements();
  // Either output may be left out, and has no shape then.
  std::int64_t k = 1;
  for (int i = 0; i < op.output_count(); ++i) {
    const Shape& shape = op.output_type(i).shape;
    if (shape.rank() == op.rank(0)) k = shape[top_axis(op)];
  }
  return stated({.flops = saturating_multiply(elements, logarithm(k) + 1), .elements_read = {elements}});
}

// ---- NonMaxSuppression: boxes (batch, n, 4), scores (batch, classes, n) -> rows of (batch, class, box) -------------------------

void suppression_rule(Inference& op) {
  if (!op.expect_rank(0, 3, 3) || !op.expect_rank(1, 3, 3)) return;
  const Shape& boxes = op.shape(0);
  const Shape& scores = op.shape(1);
  if (boxes[2] != 4 || boxes[0] != scores[0] || boxes[1] != scores[2]) {
    op.fail(fmt::format("boxes of shape {} and scores of shape {} do not belong together", format(boxes),
                        format(scores)));
    return;
  }
  // Left out, the most boxes of a class are none.
  const bool keeps_none = !op.has(2) || known_int(op, 2) == 0;
  const std::int64_t kept_of_class = std::min(known_int(op, 2).value_or(boxes[1]), boxes[1]);
  const std::int64_t at_most = saturating_multiply(saturating_multiply(scores[0], scores[1]),
                                                   std::max<std::int64_t>(0, kept_of_class));
  const std::int64_t selected =
      keeps_none ? 0 : op.data_dependent_extent(0, 0, "the number of boxes selected", at_most);
  op.output(0, DType::int64, Shape{selected, 3});
}

// Sorting the scores of each class, then comparing each selected box with the rest of its class: an intersection over
// union is 4 extrema, 2 + 2 differences, 3 areas, a sum, a difference, a quotient and a comparison.
Work suppression_work(Inference& op) {
  constexpr std::int64_t overlap_flops = 15;
  const std::int64_t scores = op.shape(1).elements();
  const std::int64_t boxes = op.shape(0)[1];
  const std::int64_t pairs = saturating_multiply(op.output_type(0).shape[0], boxes);
  return stated({.flops = saturating_add(saturating_multiply(scores, logarithm(boxes) + 1),
                                         saturating_multiply(pairs, overlap_flops)),
                 .elements_read = {op.shape(0).elements(), scores}});
}

constexpr OperatorType operators[] = {
    {.name = "NonZero",
     .operator_class = OperatorClass::data_movement,
     .rule = non_zero_rule,
     .work = non_zero_work},
    {.name = "Compress",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = compress_rule,
     .work = compress_work,
     .roles = {InputRole::data, InputRole::shape}},
    {.name = "Unique",
     .operator_class = OperatorClass::data_movement,
     .most_outputs = 4,
     .rule = unique_rule,
     .work = unique_work},
    {.name = "TopK",
     .operator_class = OperatorClass::reduction,
     .most_inputs = 2,
     .least_outputs = 1,
     .most_outputs = 2,
     .rule = top_k_rule,
     .work = top_k_work,
     .roles = {InputRole::data, InputRole::shape}},
    {.name = "NonMaxSuppression",
     .operator_class = OperatorClass::detection,
     .least_inputs = 2,
     .most_inputs = 5,
     .rule = suppression_rule,
     .work = suppression_work,
     .roles = {InputRole::data, InputRole::data, InputRole::shape, InputRole::data, InputRole::data}},
};

}  // namespace

std::span<const OperatorType> selection_operators() { return operators; }

}  // namespace chipcast
