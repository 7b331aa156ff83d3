// Operators that make tensors from next to nothing: EyeLike, OneHot, random numbers.
#include <fmt/format.h>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

Work writing_work(Inference& op) { return work_of(pointwise_nest(op, {}, {})); }

// ---- EyeLike --------------------------------------------------------------------------------------------------------

void eye_like_rule(Inference& op) {
  if (!op.expect_rank(0, 2, 2)) return;
  const DType dtype = dtype_argument(op, "dtype", op.dtype(0));
  const std::int64_t diagonal = op.int_or("k", 0);
  op.output(0, dtype, op.shape(0));
  if (op.failed() || !foldable(dtype, op.shape(0))) return;
  Constant result = zeros(dtype, op.shape(0));
  const Constant one = int_scalar(1);
  for_each_index(op.shape(0), [&](const Index& at, std::int64_t flat) {
    if (at[1] - at[0] == diagonal) copy_element(one, 0, result, flat);
  });
  op.output_value(0, std::move(result));
}

// ---- OneHot: indices, depth, (off, on) --------------------------------------------------------------------------------

void one_hot_rule(Inference& op) {
  const std::int64_t axis = op.normalized_axis(op.int_or("axis", -1), op.rank(0) + 1);
  std::int64_t depth = 0;
  if (const Constant* given = known(op, 1); given != nullptr && given->size() == 1) {
    depth = given->is_real() ? truncated(DType::int64, given->reals[0]) : given->ints[0];
  } else if (given != nullptr) {
    op.fail(fmt::format("the depth has shape {}, expected a scalar", format(op.shape(1))));
  } else if (!op.failed()) {
    depth = op.data_dependent_extent(0, axis, "the depth of the one-hot axis");
  }
  if (op.failed()) return;
  std::vector<std::int64_t> extents = op.shape(0).extents();
  extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  op.output(0, op.dtype(2), Shape(std::move(extents)));
}

Work one_hot_work(Inference& op) {
  Work work;
  work.stated = ExplicitWork{.elements_read = {op.shape(0).elements(), 0, op.shape(2).elements()}};
  return work;
}

// ---- random numbers: what generating one costs is the library's secret, so only the writes count ------------------------------

void random_rule(Inference& op) {
  std::vector<std::int64_t> extents = op.ints_or("shape", {});
  op.expect(op.attribute("shape") != nullptr, "attribute 'shape' is missing");
  are_extents(op, extents, "attribute 'shape'");
  op.output(0, dtype_argument(op, "dtype", DType::float32), Shape(std::move(extents)));
}

void random_like_rule(Inference& op) { op.output(0, dtype_argument(op, "dtype", op.dtype(0)), op.shape(0)); }

// One number against each probability.
Work bernoulli_work(Inference& op) { return work_of(pointwise_nest(op, {0}, {.flops = 1})); }

void multinomial_rule(Inference& op) {
  if (!op.expect_rank(0, 2, 2)) return;
  op.output(0, dtype_argument(op, "dtype", DType::int32), Shape{op.shape(0)[0], op.int_or("sample_size", 1)});
}

// A prefix sum of the probabilities, then each sample walks it.
Work multinomial_work(Inference& op) {
  const std::int64_t samples = op.output_type(0).shape.elements();
  Work work;
  work.stated = ExplicitWork{
      .flops = saturating_add(op.shape(0).elements(), saturating_multiply(samples, op.shape(0)[1])),
      .transcendentals = op.shape(0).elements(),
      .elements_read = {op.shape(0).elements()}};
  return work;
}

constexpr OperatorType random(std::string_view name) {
  return {.name = name, .least_inputs = 0, .most_inputs = 0, .rule = random_rule, .work = writing_work};
}
constexpr OperatorType random_like(std::string_view name, Work (*work)(Inference&)) {
  return {.name = name, .rule = random_like_rule, .work = work};
}

constexpr OperatorType operators[] = {
    {.name = "EyeLike", .operator_class = OperatorClass::shape, .rule = eye_like_rule, .work = writing_work},
    {.name = "OneHot",
     .operator_class = OperatorClass::data_movement,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = one_hot_rule,
     .work = one_hot_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::shape}},
    random("RandomNormal"),
    random("RandomUniform"),
    random_like("RandomNormalLike", writing_work),
    random_like("RandomUniformLike", writing_work),
    random_like("Bernoulli", bernoulli_work),
    {.name = "Multinomial", .rule = multinomial_rule, .work = multinomial_work},
};

}  // namespace

std::span<const OperatorType> generator_operators() { return operators; }

}  // namespace chipcast
