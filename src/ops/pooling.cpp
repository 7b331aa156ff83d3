// Pooling: maximum, average and p-norm over a sliding window or over the whole image.
#include <fmt/format.h>

#include "ops/epilogue.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"
#include "ops/window.hpp"

namespace chipcast {
namespace {

enum class Reduction { maximum, average, norm };

struct Form {
  Reduction reduction = Reduction::maximum;
  bool is_global = false;
  bool channels_last = false;  // always
  bool is_quantized = false;   // X, x_scale, x_zero_point, y_scale, y_zero_point; attribute channels_last
};

constexpr Form max_pool = {};
constexpr Form average_pool = {.reduction = Reduction::average};
constexpr Form lp_pool = {.reduction = Reduction::norm};
constexpr Form global_max_pool = {.is_global = true};
constexpr Form global_average_pool = {.reduction = Reduction::average, .is_global = true};
constexpr Form global_lp_pool = {.reduction = Reduction::norm, .is_global = true};
constexpr Form nhwc_max_pool = {.channels_last = true};
constexpr Form qlinear_average_pool = {.reduction = Reduction::average, .is_quantized = true};
constexpr Form qlinear_global_average_pool = {
    .reduction = Reduction::average, .is_global = true, .is_quantized = true};

struct Pooling {
  bool channels_last = false;
  Window window;
};

Pooling read_pooling(Inference& op, const Form& form) {
  Pooling p;
  p.channels_last = form.channels_last || (form.is_quantized && op.int_or("channels_last", 0) != 0);
  if (form.is_global || !op.expect_rank(0, 3, 5)) return p;
  if (op.attribute("kernel_shape") == nullptr) op.fail("attribute 'kernel_shape' is missing");
  p.window = read_window(op, spatial_extents(op.shape(0), p.channels_last), op.ints_or("kernel_shape", {}),
                         op.int_or("ceil_mode", 0) != 0);
  return p;
}

void pooling_rule(Inference& op, const Form& form) {
  const Pooling p = read_pooling(op, form);
  if (form.is_global && !op.expect_rank(0, 2, any_number)) return;
  Shape output = op.shape(0);
  const std::int64_t first = p.channels_last ? 1 : 2;
  const std::int64_t spatial = output.rank() - 2;
  for (std::int64_t i = 0; i < spatial; ++i) {
    const auto axis = static_cast<std::size_t>(i);
    output[first + i] = form.is_global ? 1 : axis < p.window.output.size() ? p.window.output[axis] : 1;
  }
  if (form.reduction == Reduction::norm && op.int_or("p", 2) < 1) {
    op.fail(fmt::format("attribute 'p' is {}, expected 1 or more", op.int_or("p", 2)));
  }
  op.output(0, form.is_quantized ? dtype_or(op, 4, op.dtype(0)) : op.dtype(0), output);
  op.output(1, DType::int64, std::move(output));  // MaxPool's positions
}

// Per tap: one comparison; or one addition, the first of which is free and pays for the division; or |x|^p and its
// addition, with a power function where p is neither 1 nor 2.
PointWork work_per_tap(Inference& op, const Form& form) {
  if (form.reduction != Reduction::norm) return {.flops = 1};
  return op.int_or("p", 2) <= 2 ? PointWork{.flops = 2} : PointWork{.flops = 2, .transcendentals = 1};
}

LoopNest windows_nest(Inference& op, const Pooling& p) {
  const Window& w = p.window;
  const Shape& shape = op.shape(0);
  LoopNest nest;
  const Affine n = nest.loop("n", shape[0]);
  const Affine c = nest.loop("c", shape[p.channels_last ? shape.rank() - 1 : 1]);
  std::vector<Affine> input = {n};
  std::vector<Affine> output = {n};
  if (!p.channels_last) {
    input.push_back(c);
    output.push_back(c);
  }
  for (int axis = 0; axis < w.axes(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const Affine at = nest.loop(output_loops[i], w.output[i]);
    const Affine tap = nest.loop(kernel_loops[i], w.kernel[i]);
    input.push_back(at * w.stride[i] + tap * w.dilation[i] - w.pad_begin[i]);
    output.push_back(at);
  }
  if (p.channels_last) {
    input.push_back(c);
    output.push_back(c);
  }
  nest.read(input_operand(0), shape, std::move(input));
  for (int i = 0; i < std::min(2, op.output_count()); ++i)
    nest.write(output_operand(i), op.output_type(i).shape, output);
  return nest;
}

LoopNest whole_image_nest(Inference& op, const Pooling& p) {
  const Shape& shape = op.shape(0);
  LoopNest nest;
  std::vector<Affine> input, output;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    const bool is_channel = axis == (p.channels_last ? shape.rank() - 1 : 1);
    input.push_back(nest.loop(axis == 0 ? "n" : is_channel ? "c" : "r", shape[axis]));
    output.push_back(axis == 0 || is_channel ? input.back() : Affine(0));
  }
  nest.read(input_operand(0), shape, std::move(input));
  nest.write(output_operand(0), op.output_type(0).shape, std::move(output));
  return nest;
}

Work pooling_work(Inference& op, const Form& form) {
  const Pooling p = read_pooling(op, form);
  LoopNest nest = form.is_global ? whole_image_nest(op, p) : windows_nest(op, p);
  nest.each_point(work_per_tap(op, form));
  Work work = work_of(std::move(nest));
  if (form.reduction == Reduction::norm && op.int_or("p", 2) != 1) {
    work.nests.push_back(activation_nest(op, {.transcendentals = 1}));  // the p-th root
  }
  if (form.is_quantized) work.nests.push_back(requantization_nest(op, {1, 2, 3, 4}, 1));
  return work;
}

template <const Form& form>
void rule(Inference& op) {
  pooling_rule(op, form);
}
template <const Form& form>
Work work(Inference& op) {
  return pooling_work(op, form);
}

constexpr auto pooling = OperatorClass::pooling;
using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "MaxPool",
     .operator_class = pooling,
     .most_outputs = 2,
     .rule = rule<max_pool>,
     .work = work<max_pool>},
    {.name = "AveragePool",
     .operator_class = pooling,
     .rule = rule<average_pool>,
     .work = work<average_pool>},
    {.name = "LpPool", .operator_class = pooling, .rule = rule<lp_pool>, .work = work<lp_pool>},
    {.name = "GlobalMaxPool",
     .operator_class = pooling,
     .rule = rule<global_max_pool>,
     .work = work<global_max_pool>},
    {.name = "GlobalAveragePool",
     .operator_class = pooling,
     .rule = rule<global_average_pool>,
     .work = work<global_average_pool>},
    {.name = "GlobalLpPool",
     .operator_class = pooling,
     .rule = rule<global_lp_pool>,
     .work = work<global_lp_pool>},
    {.domain = "com.microsoft",
     .name = "NhwcMaxPool",
     .operator_class = pooling,
     .rule = rule<nhwc_max_pool>,
     .work = work<nhwc_max_pool>},
    {.domain = "com.microsoft",
     .name = "QLinearAveragePool",
     .operator_class = pooling,
     .least_inputs = 4,
     .most_inputs = 5,
     .rule = rule<qlinear_average_pool>,
     .work = work<qlinear_average_pool>,
     .roles = {data, scale, zero_point, scale, zero_point}},
    {.domain = "com.microsoft",
     .name = "QLinearGlobalAveragePool",
     .operator_class = pooling,
     .least_inputs = 5,
     .most_inputs = 5,
     .rule = rule<qlinear_global_average_pool>,
     .work = work<qlinear_global_average_pool>,
     .roles = {data, scale, zero_point, scale, zero_point}},
};

}  // namespace

std::span<const OperatorType> pooling_operators() { return operators; }

}  // namespace chipcast
