// Gather, GatherElements, GatherND: elements picked by indices that are data, so no affine nest describes the reads.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"

namespace chipcast {
namespace {

// Rows of the data that some index names, at most: each once, however often it is named.
std::int64_t distinct_rows(const Inference& op, std::int64_t available) {
  const Constant* indices = known(op, 1);
  if (indices == nullptr || indices->is_real()) return std::min(available, op.shape(1).elements());
  Index rows = indices->ints;
  for (std::int64_t& row : rows) row = row < 0 ? row + available : row;
  std::ranges::sort(rows);
  return std::unique(rows.begin(), rows.end()) - rows.begin();
}

Work reading(std::int64_t data_elements, const Inference& op) {
  Work work;
  work.stated = ExplicitWork{.elements_read = {data_elements, op.shape(1).elements()}};
  return work;
}

// ---- Gather: whole slices along one axis ------------------------------------------------------------------------------

void gather_rule(Inference& op) {
  if (!op.expect_rank(0, 1, any_number)) return;
  const Shape& data = op.shape(0);
  const Shape& indices = op.shape(1);
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), data.rank());
  if (op.failed()) return;
  std::vector<std::int64_t> extents(data.begin(), data.begin() + axis);
  extents.insert(extents.end(), indices.begin(), indices.end());
  extents.insert(extents.end(), data.begin() + axis + 1, data.end());
  const Shape shape(std::move(extents));
  op.output(0, op.dtype(0), shape);

  const Constant* picks = known(op, 1);
  if (op.failed() || picks == nullptr || picks->is_real()) return;
  for (const std::int64_t pick : picks->ints) normalized_index(op, pick, data[axis]);
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || !foldable(op.dtype(0), shape)) return;
  const std::int64_t inner = data.elements(axis + 1, data.rank());
  const std::int64_t count = picks->size();
  Constant result = zeros(x->type.dtype, shape);
  for (std::int64_t flat = 0; flat < result.size(); ++flat) {
    const std::int64_t row =
        normalized_index(op, picks->ints[static_cast<std::size_t>(flat / inner % count)], data[axis]);
    const std::int64_t outer = flat / inner / count;
    copy_element(*x, (outer * data[axis] + row) * inner + flat % inner, result, flat);
  }
  op.output_value(0, std::move(result));
}

Work gather_work(Inference& op) {
  const Shape& data = op.shape(0);
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), data.rank());
  const std::int64_t row = saturating_multiply(data.elements(0, axis), data.elements(axis + 1, data.rank()));
  return reading(saturating_multiply(row, distinct_rows(op, data[axis])), op);
}

// A table of vectors is an embedding.
OperatorClass gather_class(Inference& op) {
  return op.is_weight(0) && op.rank(0) == 2 && !is_integer(op.dtype(0)) ? OperatorClass::embedding
                                                                        : OperatorClass::data_movement;
}

// ---- GatherElements: one element for each index -------------------------------------------------------------------------

void gather_elements_rule(Inference& op) {
  const Shape& data = op.shape(0);
  const Shape& indices = op.shape(1);
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", 0), data.rank());
  if (op.failed()) return;
  bool fits = indices.rank() == data.rank();
  for (std::int64_t i = 0; fits && i < data.rank(); ++i) fits = i == axis || indices[i] <= data[i];
  if (!fits) {
    op.fail(fmt::format("indices of shape {} do not fit data of shape {} outside axis {}", format(indices),
                        format(data), axis));
    return;
  }
  op.output(0, op.dtype(0), indices);
  const Constant* x = known(op, 0);
  const Constant* picks = known(op, 1);
  if (op.failed() || x == nullptr || picks == nullptr || picks->is_real()) return;
  Index from;
  Constant result = rearranged(*x, indices, [&](const Index& at) {
    from = at;
    const auto pick = picks->ints[static_cast<std::size_t>(flat_index(indices, at))];
    from[static_cast<std::size_t>(axis)] = normalized_index(op, pick, data[axis]);
    return op.failed() ? -1 : flat_index(data, from);
  });
  if (!op.failed()) op.output_value(0, std::move(result));
}

Work gather_elements_work(Inference& op) {
  return reading(std::min(op.shape(0).elements(), op.shape(1).elements()), op);
}

// ---- GatherND: the last axis of the indices is a place in the data ------------------------------------------------------

void gather_nd_rule(Inference& op) {
  if (!op.expect_rank(0, 1, any_number) || !op.expect_rank(1, 1, any_number)) return;
  const Shape& data = op.shape(0);
  const Shape& indices = op.shape(1);
  const std::int64_t batch = op.int_or("batch_dims", 0);
  const std::int64_t length = indices[indices.rank() - 1];
  if (batch < 0 || batch >= std::min(data.rank(), indices.rank()) || length > data.rank() - batch) {
    op.fail(fmt::format("indices of shape {} do not point into data of shape {} with {} batch axes",
                        format(indices), format(data), batch));
    return;
  }
  for (std::int64_t i = 0; i < batch; ++i) {
    if (indices[i] != data[i]) {
      op.fail(fmt::format("indices of shape {} and data of shape {} differ in batch axis {}", format(indices),
                          format(data), i));
      return;
    }
  }
  std::vector<std::int64_t> extents(indices.begin(), indices.end() - 1);
  extents.insert(extents.end(), data.begin() + batch + length, data.end());
  const Shape shape(std::move(extents));
  op.output(0, op.dtype(0), shape);
  const Constant* x = known(op, 0);
  const Constant* picks = known(op, 1);
  if (op.failed() || x == nullptr || picks == nullptr || picks->is_real() || !foldable(op.dtype(0), shape))
    return;
  Index from(data.extents().size());
  Constant result = rearranged(*x, shape, [&](const Index& at) -> std::int64_t {
    const std::int64_t places = indices.rank() - 1;
    std::int64_t place = 0;
    for (std::int64_t i = 0; i < places; ++i) place = place * indices[i] + at[static_cast<std::size_t>(i)];
    for (std::int64_t i = 0; i < data.rank(); ++i) {
      const auto to = static_cast<std::size_t>(i);
      if (i < batch) {
        from[to] = at[to];
      } else if (i < batch + length) {
        from[to] =
            normalized_index(op, picks->ints[static_cast<std::size_t>(place * length + i - batch)], data[i]);
      } else {
        from[to] = at[static_cast<std::size_t>(places + i - batch - length)];
      }
    }
    return op.failed() ? -1 : flat_index(data, from);
  });
  if (!op.failed()) op.output_value(0, std::move(result));
}

Work gather_nd_work(Inference& op) {
  return reading(std::min(op.shape(0).elements(), op.output_type(0).shape.elements()), op);
}

constexpr OperatorType gathering(std::string_view name, void (*rule)(Inference&), Work (*work)(Inference&),
                                 OperatorClass (*classify)(Inference&) = nullptr) {
  return {.name = name,
          .operator_class = OperatorClass::data_movement,
          .least_inputs = 2,
          .most_inputs = 2,
          .rule = rule,
          .work = work,
          .roles = {InputRole::data, InputRole::shape},
          .classify = classify};
}

constexpr OperatorType operators[] = {
    gathering("Gather", gather_rule, gather_work, gather_class),
    gathering("GatherElements", gather_elements_rule, gather_elements_work),
    gathering("GatherND", gather_nd_rule, gather_nd_work),
};

}  // namespace

std::span<const OperatorType> gather_operators() { return operators; }

}  // namespace chipcast
