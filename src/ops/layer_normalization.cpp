// Normalization along axes: LayerNormalization, RMS normalization, those with a residual sum or embeddings in front.
#include <fmt/format.h>

#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/normalization.hpp"

namespace chipcast {
namespace {

// The axes from `axis` on; `axis` is normalized already.
std::vector<bool> reduced_from(std::int64_t axis, std::int64_t rank) {
  std::vector<bool> reduced(static_cast<std::size_t>(rank), false);
  for (std::int64_t i = axis; i < rank; ++i) reduced[static_cast<std::size_t>(i)] = true;
  return reduced;
}

Shape statistics_shape(Shape shape, const std::vector<bool>& reduced) {
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    if (reduced[static_cast<std::size_t>(axis)]) shape[axis] = 1;
  }
  return shape;
}

void expect_parameter(Inference& op, int input, const Shape& normalized, std::string_view what) {
  if (!op.has(input) || broadcast(op.shape(input), normalized) == normalized) return;
  op.fail(fmt::format("the {} of shape {} does not broadcast to the normalized axes ({})", what,
                      format(op.shape(input)), format(normalized)));
}

Shape tail(const Shape& shape, std::int64_t axis) {
  return Shape(std::vector<std::int64_t>(shape.begin() + axis, shape.end()));
}

// Statistics are computed in float32 unless the attribute says otherwise; doubles keep theirs.
DType stash_type(const Inference& op) {
  return op.dtype(0) == DType::float64 ? DType::float64 : DType::float32;
}

void set_parameters(const Inference& op, Normalization& n, int scale, int bias) {
  if (op.has(scale)) {
    n.scale = scale;
    n.scale_at = broadcast_axes(op.shape(scale), n.at);
  }
  if (op.has(bias)) {
    n.bias = bias;
    n.bias_at = broadcast_axes(op.shape(bias), n.at);
  }
}

// Extra outputs hold one value a group; they are written by a nest of no arithmetic.
void append_statistics(const Inference& op, Work& work) {
  for (int i = 1; i < op.output_count(); ++i) {
    if (op.output_type(i).dtype != DType::undefined) work.nests.push_back(pointwise_nest(op, {}, {}, i));
  }
}

// ---- LayerNormalization: X, scale, B; RMS: X, scale -------------------------------------------------------------

std::int64_t layer_axis(Inference& op) {
  if (!op.expect_rank(0, 1, any_number)) return 0;
  return op.normalized_axis(op.int_or("axis", -1), op.rank(0));
}

void layer_rule(Inference& op) {
  const std::int64_t axis = layer_axis(op);
  if (op.failed()) return;
  const Shape normalized = tail(op.shape(0), axis);
  expect_parameter(op, 1, normalized, "scale");
  expect_parameter(op, 2, normalized, "bias");
  op.output(0, op.dtype(0), op.shape(0));
  const Shape statistics = statistics_shape(op.shape(0), reduced_from(axis, op.rank(0)));
  for (int i = 1; i < op.output_count(); ++i) op.output(i, stash_type(op), statistics);
}

Work layer_work(Inference& op, bool is_centred) {
  Normalization n = normalization_over(op.shape(0), reduced_from(layer_axis(op), op.rank(0)));
  n.is_centred = is_centred;
  set_parameters(op, n, 1, 2);
  Work work;
  append_normalization(op, n, work);
  append_statistics(op, work);
  return work;
}
Work centred_layer_work(Inference& op) { return layer_work(op, true); }
Work rms_work(Inference& op) { return layer_work(op, false); }

// ---- LpNormalization: x / (sum |x|^p)^(1/p) along an axis ------------------------------------------------------------

void lp_rule(Inference& op) {
  layer_axis(op);
  const std::int64_t p = op.int_or("p", 2);
  if (p != 1 && p != 2) op.fail(fmt::format("attribute 'p' is {}, expected 1 or 2", p));
  op.output(0, op.dtype(0), op.shape(0));
}

Work lp_work(Inference& op) {
  const std::int64_t axis = layer_axis(op);
  Work work = work_of(reading_pass(op, 0, {.flops = 2}));  // |x|^p and its addition
  if (op.int_or("p", 2) == 2) {
    LoopNest roots;
    for (std::int64_t i = 0; i < op.rank(0); ++i) roots.loop("n", i == axis ? 1 : op.shape(0)[i]);
    roots.each_point({.transcendentals = 1});
    work.nests.push_back(std::move(roots));
  }
  work.nests.push_back(pointwise_nest(op, {0}, {.flops = 1}));
  return work;
}

// ---- MeanVarianceNormalization: any axes, no parameters ----------------------------------------------------------------

std::vector<bool> mean_variance_axes(Inference& op) {
  std::vector<bool> reduced(static_cast<std::size_t>(op.rank(0)), false);
  for (const std::int64_t axis : op.ints_or("axes", {0, 2, 3})) {
    const std::int64_t at = op.normalized_axis(axis, op.rank(0));
    if (!op.failed()) reduced[static_cast<std::size_t>(at)] = true;
  }
  return reduced;
}

void mean_variance_rule(Inference& op) {
  mean_variance_axes(op);
  op.output(0, op.dtype(0), op.shape(0));
}

Work mean_variance_work(Inference& op) {
  Work work;
  append_normalization(op, normalization_over(op.shape(0), mean_variance_axes(op)), work);
  return work;
}

// ---- SkipLayerNormalization: input, skip, gamma, beta, bias; simplified: input, skip, gamma, bias ----------------------

struct SkipForm {
  int beta = 3, bias = 4;
  bool is_centred = true;
};
constexpr SkipForm skip_layer = {};
constexpr SkipForm skip_simplified = {.beta = -1, .bias = 3, .is_centred = false};

template <const SkipForm& form>
void skip_rule(Inference& op) {
  if (!op.expect_rank(0, 2, 3)) return;
  const Shape& shape = op.shape(0);
  if (broadcast(op.shape(1), shape) != shape) {
    op.fail(fmt::format("the skip of shape {} does not broadcast to the input's {}", format(op.shape(1)),
                        format(shape)));
  }
  const Shape normalized = tail(shape, shape.rank() - 1);
  expect_parameter(op, 2, normalized, "scale");
  expect_parameter(op, form.beta, normalized, "bias");
  expect_parameter(op, form.bias, normalized, "bias of the sum");
  op.output(0, op.dtype(0), shape);
  const Shape statistics = statistics_shape(shape, reduced_from(shape.rank() - 1, shape.rank()));
  op.output(1, DType::float32, statistics);
  op.output(2, DType::float32, statistics);
  op.output(3, op.dtype(0), shape);  // the sum
}

template <const SkipForm& form>
Work skip_work(Inference& op) {
  const Shape& shape = op.shape(0);
  Work work = work_of(pointwise_nest(op, {0, 1}, {.flops = 1}));
  if (op.has(form.bias)) work.nests.push_back(pointwise_nest(op, {form.bias}, {.flops = 1}));
  Normalization n = normalization_over(shape, reduced_from(shape.rank() - 1, shape.rank()));
  n.input.reset();
  n.is_centred = form.is_centred;
  set_parameters(op, n, 2, form.beta);
  append_normalization(op, n, work);
  append_statistics(op, work);
  return work;
}

constexpr auto normalization = OperatorClass::normalization;
constexpr std::string_view microsoft = "com.microsoft";

constexpr OperatorType layer = {.name = "LayerNormalization",
                                .operator_class = normalization,
                                .least_inputs = 2,
                                .most_inputs = 3,
                                .most_outputs = 3,
                                .rule = layer_rule,
                                .work = centred_layer_work};
constexpr OperatorType simplified = {.name = "SimplifiedLayerNormalization",
                                     .operator_class = normalization,
                                     .least_inputs = 2,
                                     .most_inputs = 3,
                                     .most_outputs = 2,
                                     .rule = layer_rule,
                                     .work = rms_work};

constexpr OperatorType in_domain(OperatorType type, std::string_view domain) {
  type.domain = domain;
  return type;
}

constexpr OperatorType operators[] = {
    layer,
    in_domain(layer, microsoft),
    simplified,
    in_domain(simplified, microsoft),
    {.name = "RMSNormalization",
     .operator_class = normalization,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = layer_rule,
     .work = rms_work},
    {.name = "LpNormalization", .operator_class = normalization, .rule = lp_rule, .work = lp_work},
    {.name = "MeanVarianceNormalization",
     .operator_class = normalization,
     .rule = mean_variance_rule,
     .work = mean_variance_work},
    {.domain = microsoft,
     .name = "SkipLayerNormalization",
     .operator_class = normalization,
     .least_inputs = 3,
     .most_inputs = 5,
     .most_outputs = 4,
     .rule = skip_rule<skip_layer>,
     .work = skip_work<skip_layer>},
    {.domain = microsoft,
     .name = "SkipSimplifiedLayerNormalization",
     .operator_class = normalization,
     .least_inputs = 3,
     .most_inputs = 4,
     .most_outputs = 4,
     .rule = skip_rule<skip_simplified>,
     .work = skip_work<skip_simplified>},
};

}  // namespace

std::span<const OperatorType> layer_normalization_operators() { return operators; }

}  // namespace chipcast
