// Fourier transforms and what goes with them: DFT, STFT, window functions, MelWeightMatrix.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/nests.hpp"

namespace chipcast {
namespace {

// What a fast Fourier transform of n complex points takes: 5 n log2 n.
std::int64_t transform_flops(std::int64_t points) {
  const std::int64_t levels =
      points <= 1 ? 0 : static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(points - 1)));
  return saturating_multiply(5, saturating_multiply(points, levels));
}

// ---- DFT: (batch..., 1 or 2) -> (batch..., 2) ---------------------------------------------------------------------------------

// Input 2 since opset 20, an attribute before. Without a known axis: the one before the last, its default.
std::int64_t transformed_axis(Inference& op) {
  const std::int64_t fallback = op.opset() >= 20 ? -2 : 1;
  const auto given = known_int(op, 2);
  return op.normalized_axis(given ? *given : op.int_or("axis", fallback), op.rank(0));
}

std::int64_t transform_length(Inference& op, std::int64_t axis) {
  if (is_unknown(op, 1)) return op.data_dependent_extent(0, axis, "the length of the transform");
  return op.has(1) ? known_int(op, 1).value_or(-1) : op.shape(0)[axis];
}

void dft_rule(Inference& op) {
  if (!op.expect_rank(0, 2, any_number)) return;
  if (is_unknown(op, 2)) {
    Shape shape = bound_shape(op, op.rank(0), "the transformed shape");
    if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
    return;
  }
  const std::int64_t axis = transformed_axis(op);
  if (op.failed()) return;
  const std::int64_t length = transform_length(op, axis);
  if (length < 0) op.fail("the length of the transform is not one positive number");
  if (op.failed()) return;
  Shape shape = op.shape(0);
  const bool one_sided = op.int_or("onesided", 0) != 0;
  const bool inverse = op.int_or("inverse", 0) != 0;
  shape[axis] = one_sided && !inverse ? length / 2 + 1 : length;
  shape[shape.rank() - 1] = one_sided && inverse ? 1 : 2;
  op.output(0, op.dtype(0), std::move(shape));
}

Work dft_work(Inference& op) {
  const std::int64_t axis = transformed_axis(op);
  const Shape& shape = op.shape(0);
  const std::int64_t length = std::max<std::int64_t>(shape[axis], op.output_type(0).shape[axis]);
  const std::int64_t transforms = saturating_multiply(
      shape.elements(0, axis), shape.elements(std::min(axis + 1, shape.rank() - 1), shape.rank() - 1));
  Work work;
  work.stated = ExplicitWork{.flops = saturating_multiply(transforms, transform_flops(length)),
                             .elements_read = {shape.elements()}};
  return work;
}

// ---- STFT: signal (batch, length, 1 or 2), step, window, frame length -> (batch, frames, bins, 2) --------------------------------

std::int64_t frame_length(Inference& op) {
  if (const auto given = known_int(op, 3)) return *given;
  if (op.has(2) && op.rank(2) == 1) return op.shape(2)[0];
  op.fail("neither a window nor a known frame length is given");
  return 1;
}

void stft_rule(Inference& op) {
  if (!op.expect_rank(0, 2, 3)) return;
  if (is_unknown(op, 1)) {
    Shape shape = bound_shape(op, 4, "the number of frames");
    if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
    return;
  }
  const std::int64_t step = known_int(op, 1).value_or(0);
  const std::int64_t length = frame_length(op);
  const std::int64_t samples = op.shape(0)[1];
  if (step < 1 || length < 1 || length > samples) {
    op.fail(fmt::format("frames of {} samples every {} do not fit a signal of {}", length, step, samples));
  }
  if (op.failed()) return;
  const std::int64_t bins = op.int_or("onesided", 1) != 0 ? length / 2 + 1 : length;
  op.output(0, op.dtype(0), Shape{op.shape(0)[0], (samples - length) / step + 1, bins, 2});
}

Work stft_work(Inference& op) {
  // One-sided or not, a frame of n samples has at least n / 2 + 1 bins.
  const std::int64_t bins = op.output_type(0).shape[2];
  const std::int64_t window = op.has(2) && op.rank(2) == 1 ? op.shape(2)[0] : bins;
  const std::int64_t length = std::max<std::int64_t>(1, known_int(op, 3).value_or(window));
  const std::int64_t frames = saturating_multiply(op.output_type(0).shape[0], op.output_type(0).shape[1]);
  const std::int64_t windowing = op.has(2) ? length : 0;
  Work work;
  work.stated =
      ExplicitWork{.flops = saturating_multiply(frames, saturating_add(transform_flops(length), windowing)),
                   .elements_read = {op.shape(0).elements(), 0, op.has(2) ? op.shape(2).elements() : 0}};
  return work;
}

// ---- window functions and the mel filter bank: made once from a few numbers --------------------------------------------------------

void window_rule(Inference& op) {
  const DType dtype = dtype_argument(op, "output_datatype", DType::float32);
  const auto size = known_int(op, 0);
  op.output(0, dtype, Shape{size ? *size : op.data_dependent_extent(0, 0, "the size of the window")});
}

Work window_work(Inference& op) {
  return work_of(pointwise_nest(op, {}, {.flops = 3, .transcendentals = 1}));
}

void mel_rule(Inference& op) {
  const DType dtype = dtype_argument(op, "output_datatype", DType::float32);
  const auto bins = known_int(op, 0);
  const auto length = known_int(op, 1);
  const std::int64_t rows =
      length ? *length / 2 + 1 : op.data_dependent_extent(0, 0, "the number of spectrum bins");
  op.output(0, dtype, Shape{rows, bins ? *bins : op.data_dependent_extent(0, 1, "the number of mel bins")});
}

Work mel_work(Inference& op) { return work_of(pointwise_nest(op, {}, {.flops = 2})); }

constexpr OperatorType window(std::string_view name) {
  return {.name = name, .rule = window_rule, .work = window_work, .roles = {InputRole::shape}};
}

constexpr OperatorType operators[] = {
    {.name = "DFT",
     .most_inputs = 3,
     .rule = dft_rule,
     .work = dft_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::shape}},
    {.name = "STFT",
     .least_inputs = 2,
     .most_inputs = 4,
     .rule = stft_rule,
     .work = stft_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::data, InputRole::shape}},
    window("HannWindow"),
    window("HammingWindow"),
    window("BlackmanWindow"),
    {.name = "MelWeightMatrix",
     .least_inputs = 5,
     .most_inputs = 5,
     .rule = mel_rule,
     .work = mel_work,
     .roles = {InputRole::shape, InputRole::shape, InputRole::shape, InputRole::shape, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> signal_operators() { return operators; }

}  // namespace chipcast
