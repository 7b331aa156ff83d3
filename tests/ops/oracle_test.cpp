// Footprints and costs against the slow walk, for every operator whose work is affine; convolution and pooling also
// against their own definitions.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "ops/enumerated.hpp"
#include "ops/families.hpp"
#include "ops/slow_walk.hpp"

namespace chipcast {
namespace {

void hold_all(const Applications& applications, std::size_t least) {
  CHECK(applications.size() >= least);
  for (const Application& application : applications) hold_against_walk(application);
}

const Access& access_of(const LoopNest& nest, Operand operand) {
  return *std::ranges::find(nest.accesses(), operand, &Access::operand);
}

// ---- the definition of a sliding window, without a formula ---------------------------------------------------------

// First taps of the windows of one axis, counted from the first input value.
std::vector<std::int64_t> window_starts(const WindowAxis& axis, bool ceil_mode) {
  std::vector<std::int64_t> starts;
  const std::int64_t end = axis.input + axis.pad_end;  // one past the padding
  for (std::int64_t start = -axis.pad_begin;; start += axis.stride) {
    const bool fits = start + axis.reach() <= end;
    // Rounded up, a last window may hang over the end, if the one before did not reach it; none starts behind the values.
    const bool hangs =
        ceil_mode && start < axis.input && (starts.empty() || starts.back() + axis.reach() < end);
    if (ceil_mode ? !hangs : !fits) return starts;
    starts.push_back(start);
  }
}

// Distinct input values under the windows of one axis.
std::int64_t touched_values(const WindowAxis& axis, bool ceil_mode) {
  std::set<std::int64_t> touched;
  for (const std::int64_t start : window_starts(axis, ceil_mode)) {
    for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
      const std::int64_t at = start + tap * axis.dilation;
      if (at >= 0 && at < axis.input) touched.insert(at);
    }
  }
  return static_cast<std::int64_t>(touched.size());
}

// Holds a convolution over these axes against the definition: output shape, MACs (padding counted), touched input.
void hold_convolution(const std::vector<WindowAxis>& axes, std::int64_t groups) {
  constexpr std::int64_t batch = 2, channels = 2, filters = 3;  // of one group
  Shape image = {batch, groups * channels};
  Shape kernel = {groups * filters, channels};
  Shape expected = {batch, groups * filters};
  std::int64_t taps = 1, touched = batch * groups * channels;
  for (const WindowAxis& axis : axes) {
    image.push_back(axis.input);
    kernel.push_back(axis.kernel);
    const auto outputs = static_cast<std::int64_t>(window_starts(axis, false).size());
    expected.push_back(outputs);
    taps *= axis.kernel;
    touched *= touched_values(axis, false);
  }
  NamedAttributes attributes = window_attributes(axes);
  attributes.push_back({"group", groups});
  const Application application{"Conv", {data(image), weight(kernel)}, attributes};
  if (!std::ranges::all_of(axes, &WindowAxis::fits)) {
    if (apply(application).error.find("does not fit") == std::string::npos) FAIL_CHECK(describe(application));
    return;
  }
  const Applied conv = hold_against_walk(application);
  if (!conv.error.empty()) return;
  const std::int64_t macs = expected.elements() * channels * taps;
  if (conv.shape() != expected || conv.cost.macs != macs * mac ||
      footprint(access_of(conv.work.nests[0], input_operand(0)), conv.work.nests[0]) != touched) {
    FAIL_CHECK(describe(application) << ": expected " << format(expected) << ", " << macs << " MACs, "
                                     << touched << " values touched");
  }
}

TEST_CASE(
    "one-dimensional convolution is its definition, for every stride, dilation, padding and kernel up to 3") {
  for (const WindowAxis& axis : window_axes()) {
    for (const std::int64_t groups : {1, 2}) hold_convolution({axis}, groups);
  }
}

TEST_CASE("two- and three-dimensional convolutions are their definition") {
  const std::vector<WindowAxis> all = window_axes();
  // Every axis with three partners, so that both places see every combination.
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{97}}) {
      hold_convolution({all[i], all[(i * 31 + step) % all.size()]}, 1 + static_cast<std::int64_t>(i % 2));
    }
  }
  for (std::size_t i = 0; i < all.size(); i += 9) {
    const auto small = [&](std::size_t at) {
      WindowAxis axis = all[at % all.size()];
      axis.input = 5;
      axis.kernel = std::min<std::int64_t>(axis.kernel, 2);
      return axis;
    };
    hold_convolution({small(i), small(i * 7 + 1), small(i * 13 + 5)}, 1);
  }
}

TEST_CASE("a 3x3 stride-2 dilation-2 window over 2x4x9x9 touches 200 elements, not 648") {
  const Applied conv = hold_against_walk({"Conv",
                                          {data({2, 4, 9, 9}), weight({4, 4, 3, 3})},
                                          {{"strides", Ints{2, 2}}, {"dilations", Ints{2, 2}}}});
  // Along an axis the taps stand at 0 2 4, 2 4 6, 4 6 8: five of nine values.
  CHECK(footprint(access_of(conv.work.nests[0], input_operand(0)), conv.work.nests[0]) == 2 * 4 * 5 * 5);
}

TEST_CASE("pooling is its definition, rounding down and up") {
  for (const WindowAxis& axis : window_axes()) {
    // Padding as wide as the kernel makes windows of nothing but padding, which no framework lets through.
    if (!axis.fits() || std::max(axis.pad_begin, axis.pad_end) >= axis.kernel) continue;
    for (const bool ceil_mode : {false, true}) {
      NamedAttributes attributes = window_attributes({axis});
      attributes.push_back({"kernel_shape", Ints{axis.kernel}});
      attributes.push_back({"ceil_mode", std::int64_t{ceil_mode}});
      const Application application{"MaxPool", {data({1, 2, axis.input})}, attributes};
      const Applied pool = apply(application);
      const auto outputs = static_cast<std::int64_t>(window_starts(axis, ceil_mode).size());
      if (!pool.error.empty() || pool.shape() != Shape{1, 2, outputs} ||
          pool.cost.flops != 2 * outputs * axis.kernel * flop ||
          pool.cost.read != 4 * 2 * touched_values(axis, ceil_mode) * byte) {
        FAIL_CHECK(describe(application) << ": " << pool.error << ", expected " << outputs << " outputs");
      }
    }
  }
}

TEST_CASE("a transposed convolution spreads every input value by its definition") {
  for (const WindowAxis& axis : window_axes()) {
    const std::int64_t full = (axis.input - 1) * axis.stride + axis.reach();
    const std::int64_t outputs = full - axis.pad_begin - axis.pad_end;
    if (outputs < 1) continue;
    std::set<std::int64_t> reached;
    for (std::int64_t at = 0; at < axis.input; ++at) {
      for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
        const std::int64_t output = at * axis.stride + tap * axis.dilation - axis.pad_begin;
        if (output >= 0 && output < outputs) reached.insert(output);
      }
    }
    const Application application{
        "ConvTranspose", {data({1, 2, axis.input}), weight({2, 3, axis.kernel})}, window_attributes({axis})};
    const Applied spread = apply(application);
    if (!spread.error.empty() || spread.shape() != Shape{1, 3, outputs} ||
        spread.cost.macs != 2 * 3 * axis.input * axis.kernel * mac ||
        footprint(access_of(spread.work.nests[0], output_operand(0)), spread.work.nests[0]) !=
            3 * static_cast<std::int64_t>(reached.size()) ||
        spread.cost.written != 4 * 3 * outputs * byte) {
      FAIL_CHECK(describe(application) << ": " << spread.error << ", expected " << outputs << " outputs");
    }
  }
}

// ---- every operator against the walk ----------------------------------------------------------------------------------

TEST_CASE("convolutions of every kind against the walk") { hold_all(enumerated_convolutions(), 300); }
TEST_CASE("transposed convolutions against the walk") { hold_all(enumerated_transposed_convolutions(), 400); }
TEST_CASE("products of matrices against the walk") { hold_all(enumerated_products(), 400); }
TEST_CASE("einsums against the walk") { hold_all(enumerated_einsums(), 30); }
TEST_CASE("poolings against the walk") { hold_all(enumerated_poolings(), 1000); }
TEST_CASE("normalizations against the walk") { hold_all(enumerated_normalizations(), 250); }
TEST_CASE("recurrences against the walk") { hold_all(enumerated_recurrences(), 37); }
TEST_CASE("attention against the walk") { hold_all(enumerated_attentions(), 30); }
TEST_CASE("quantization against the walk") { hold_all(enumerated_quantizations(), 200); }

TEST_CASE("no operator of these families is left out of the enumeration") {
  std::set<std::string> walked;
  for (const auto enumerate :
       {enumerated_convolutions, enumerated_transposed_convolutions, enumerated_products, enumerated_einsums,
        enumerated_poolings, enumerated_normalizations, enumerated_recurrences, enumerated_attentions,
        enumerated_quantizations}) {
    for (const Application& application : enumerate()) walked.insert(std::string(application.name));
  }
  for (const auto family :
       {convolution_operators, deform_conv_operators, conv_transpose_operators, matmul_operators,
        gemm_operators, einsum_operators, pooling_operators, unpooling_operators,
        batch_normalization_operators, layer_normalization_operators, embedding_normalization_operators,
        recurrent_operators, projected_attention_operators, multi_head_attention_operators,
        quantization_operators, quantized_elementwise_operators}) {
    for (const OperatorType& type : family()) {
      const std::string full =
          (type.domain.empty() ? "" : std::string(type.domain) + ".") + std::string(type.name);
      CHECK_MESSAGE(walked.contains(full), full);
    }
  }
}

}  // namespace
}  // namespace chipcast
