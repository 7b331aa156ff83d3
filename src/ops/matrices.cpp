// Operators on the last two axes and on sequences: Trilu, Det, Inverse, Col2Im, ReverseSequence.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// ---- Trilu ----------------------------------------------------------------------------------------------------------

void trilu_rule(Inference& op) {
  if (!op.expect_rank(0, 2, any_number)) return;
  op.output(0, op.dtype(0), op.shape(0));
  const Constant* x = known(op, 0);
  if (op.failed() || x == nullptr || is_unknown(op, 1)) return;
  const std::int64_t diagonal = known_int(op, 1).value_or(0);
  const bool upper = op.int_or("upper", 1) != 0;
  op.output_value(0, rearranged(*x, op.shape(0), [&](const Index& at) -> std::int64_t {
                    const std::int64_t distance = at[at.size() - 1] - at[at.size() - 2];
                    return (upper ? distance >= diagonal : distance <= diagonal) ? flat_index(op.shape(0), at)
                                                                                 : -1;
                  }));
}

Work copy_work(Inference& op) { return work_of(pointwise_nest(op, {0}, {})); }

// ---- Det, Inverse: (batch..., m, m) ---------------------------------------------------------------------------------------

bool expect_square(Inference& op) {
  if (!op.expect_rank(0, 2, any_number)) return false;
  const Shape& x = op.shape(0);
  if (x[x.rank() - 1] == x[x.rank() - 2]) return true;
  op.fail(fmt::format("shape {} is not made of square matrices", format(x)));
  return false;
}

void det_rule(Inference& op) {
  if (!expect_square(op)) return;
  op.output(0, op.dtype(0), Shape({op.shape(0).begin(), op.shape(0).end() - 2}));
}

void inverse_rule(Inference& op) {
  if (expect_square(op)) op.output(0, op.dtype(0), op.shape(0));
}

// An LU decomposition takes 2/3 m^3 operations, an inverse 2 m^3.
Work elimination(const Inference& op, std::int64_t thirds) {
  const std::int64_t m = op.shape(0)[op.rank(0) - 1];
  Work work;
  work.stated =
      ExplicitWork{.flops = saturating_multiply(saturating_multiply(op.shape(0).elements(), m), thirds) / 3,
                   .elements_read = {op.shape(0).elements()}};
  return work;
}
Work det_work(Inference& op) { return elimination(op, 2); }
Work inverse_work(Inference& op) { return elimination(op, 6); }

// ---- Col2Im: columns (n, c * block, positions) added up to an image (n, c, image...) --------------------------------------------

void col2im_rule(Inference& op) {
  if (!op.expect_rank(0, 3, 3)) return;
  if (is_unknown(op, 2)) {
    Shape image = bound_shape(op, 2 + list_length(op, 1, "the image's shape"), "the image");
    if (!op.failed()) op.output(0, op.dtype(0), std::move(image));
    return;
  }
  const std::vector<std::int64_t> block = op.required_ints(2, "the block's shape");
  const std::int64_t block_elements = Shape(block).elements();
  if (op.failed() || !are_extents(op, block, "the block's shape")) return;
  if (block_elements < 1 || op.shape(0)[1] % block_elements != 0) {
    op.fail(fmt::format("{} rows are no multiple of a block of {} elements", op.shape(0)[1], block_elements));
    return;
  }
  Shape shape = {op.shape(0)[0], op.shape(0)[1] / block_elements};
  for (std::size_t i = 0; i < block.size() && !op.failed(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    if (is_unknown(op, 1)) {
      shape.push_back(op.data_dependent_extent(0, axis + 2, "the image's shape"));
      continue;
    }
    const std::vector<std::int64_t> image = op.required_ints(1, "the image's shape");
    if (!op.expect(image.size() == block.size(), "the image and the block differ in their axes")) return;
    shape.push_back(image[i]);
  }
  if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
}

Work col2im_work(Inference& op) {
  const std::int64_t elements = op.shape(0).elements();
  Work work;
  work.stated = ExplicitWork{.flops = elements, .elements_read = {elements}};
  return work;
}

// ---- ReverseSequence: each sequence reversed up to its own length, which is data ---------------------------------------------------

void reverse_rule(Inference& op) {
  if (!op.expect_rank(0, 2, any_number) || !op.expect_rank(1, 1, 1)) return;
  op.output(0, op.dtype(0), op.shape(0));
}

Work reverse_work(Inference& op) {
  Work work;
  work.stated = ExplicitWork{.elements_read = {op.shape(0).elements(), op.shape(1).elements()}};
  return work;
}

constexpr OperatorType trilu_in(std::string_view domain) {
  return {.domain = domain,
          .name = "Trilu",
          .operator_class = OperatorClass::data_movement,
          .most_inputs = 2,
          .rule = trilu_rule,
          .work = copy_work,
          .roles = {InputRole::data, InputRole::shape}};
}

constexpr OperatorType operators[] = {
    trilu_in(""),
    trilu_in("com.microsoft"),
    {.name = "Det", .rule = det_rule, .work = det_work},
    {.domain = "com.microsoft", .name = "Inverse", .rule = inverse_rule, .work = inverse_work},
    {.name = "Col2Im",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = col2im_rule,
     .work = col2im_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::shape}},
    {.name = "ReverseSequence",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = reverse_rule,
     .work = reverse_work,
     .roles = {InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> matrix_operators() { return operators; }

}  // namespace chipcast
