// Resize and Upsample: an image sampled on another grid.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/arguments.hpp"
#include "ops/families.hpp"
#include "ops/fold.hpp"

namespace chipcast {
namespace {

// In single precision, as the specification's own shape inference and ONNX Runtime do: 100 scaled by 0.29f is 29, where the
// product as a double, 28.9999992, would have been cut to 28.
std::int64_t scaled(Inference& op, std::int64_t extent, double scale) {
  const float result = std::floor(static_cast<float>(extent) * static_cast<float>(scale));
  if (result >= 0.0F && result < 0x1p62F) return static_cast<std::int64_t>(result);
  op.fail(fmt::format("an extent of {} cannot be scaled by {}", extent, scale));
  return 0;
}

// Axes that `sizes` and `scales` are about: all, or since opset 18 those of attribute `axes`.
std::vector<std::int64_t> resized_axes(Inference& op) {
  if (op.attribute("axes") != nullptr) return normalized_axes(op, op.ints_or("axes", {}), op.rank(0));
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 0; axis < op.rank(0); ++axis) axes.push_back(axis);
  return axes;
}

Shape with_scales(Inference& op, const std::vector<std::int64_t>& axes, const std::vector<double>& scales,
                  const std::vector<double>& roi) {
  Shape shape = op.shape(0);
  if (scales.size() != axes.size()) {
    op.fail(fmt::format("{} scales for {} axes", scales.size(), axes.size()));
    return shape;
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const double part = roi.size() == 2 * axes.size() ? roi[i + axes.size()] - roi[i] : 1.0;
    shape[axes[i]] = scaled(op, shape[axes[i]], part == 1.0 ? scales[i] : part * scales[i]);
  }
  return shape;
}

Shape with_sizes(Inference& op, const std::vector<std::int64_t>& axes,
                 const std::vector<std::int64_t>& sizes) {
  Shape shape = op.shape(0);
  if (sizes.size() != axes.size()) {
    op.fail(fmt::format("{} sizes for {} axes", sizes.size(), axes.size()));
    return shape;
  }
  const std::string policy = op.text_or("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller") {
    op.fail(fmt::format(
        "attribute 'keep_aspect_ratio_policy' is '{}'; expected stretch, not_larger or not_smaller", policy));
    return shape;
  }
  float common = 0.0F;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const float scale =
        static_cast<float>(sizes[i]) / static_cast<float>(std::max<std::int64_t>(1, shape[axes[i]]));
    common = i == 0 ? scale : policy == "not_larger" ? std::min(common, scale) : std::max(common, scale);
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const float extent = std::round(common * static_cast<float>(shape[axes[i]]));
    if (policy != "stretch" && !(extent >= 0.0F && extent < 0x1p62F)) {
      op.fail(fmt::format("axis {} of shape {} cannot be resized to {}", axes[i], format(shape), sizes[i]));
      return shape;
    }
    shape[axes[i]] = policy == "stretch" ? sizes[i] : static_cast<std::int64_t>(extent);
  }
  return shape;
}

// An input left out, or there but empty, as opset 11 writes what is not given.
bool is_given(const Inference& op, int input) { return op.has(input) && op.shape(input).elements() != 0; }

std::vector<double> reals_of(const Inference& op, int input) {
  std::vector<double> reals;
  if (const Constant* value = known(op, input)) {
    for (std::int64_t i = 0; i < value->size(); ++i) reals.push_back(value->real(i));
  }
  return reals;
}

Shape extents_from_data(Inference& op, const std::vector<std::int64_t>& axes) {
  Shape shape = op.shape(0);
  for (const std::int64_t axis : axes) {
    if (!op.failed()) shape[axis] = op.data_dependent_extent(0, axis, "the resized extent");
  }
  return shape;
}

// Inputs: (x, scales) in opset 10, (x, roi, scales, sizes) since.
void resize_rule(Inference& op) {
  const bool early = op.opset() < 11;
  const int scales = early ? 1 : 2;
  const int sizes = early ? -1 : 3;
  const std::vector<std::int64_t> axes = resized_axes(op);
  if (op.failed()) return;
  Shape shape;
  if (is_given(op, sizes)) {
    shape = op.value(sizes) == nullptr ? extents_from_data(op, axes)
                                       : with_sizes(op, axes, op.required_ints(sizes, "the sizes"));
  } else if (is_given(op, scales)) {
    const bool crops = op.text_or("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
    if (known(op, scales) == nullptr || (crops && is_given(op, 1) && known(op, 1) == nullptr)) {
      shape = extents_from_data(op, axes);
    } else {
      shape = with_scales(op, axes, reals_of(op, scales), crops ? reals_of(op, 1) : std::vector<double>{});
    }
  } else {
    op.fail("neither scales nor sizes are given");
  }
  if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
}

// Scales are input 1 (opset 9), attribute `scales` (7) or `height_scale` and `width_scale` (1).
void upsample_rule(Inference& op) {
  const std::vector<std::int64_t> axes = resized_axes(op);
  Shape shape;
  if (op.has(1) && known(op, 1) == nullptr) {
    shape = extents_from_data(op, axes);
  } else if (op.has(1)) {
    shape = with_scales(op, axes, reals_of(op, 1), {});
  } else if (const AttributeValue* value = op.attribute("scales")) {
    const auto* scales = std::get_if<std::vector<double>>(value);
    if (!op.expect(scales != nullptr, "attribute 'scales' is not a list of numbers")) return;
    shape = with_scales(op, axes, *scales, {});
  } else if (op.expect_rank(0, 4, 4)) {
    shape = with_scales(op, axes, {1.0, 1.0, op.real_or("height_scale", 1.0), op.real_or("width_scale", 1.0)},
                        {});
  }
  if (!op.failed()) op.output(0, op.dtype(0), std::move(shape));
}

// Input elements that one output element is made of: one by `nearest`, two a resized axis by `linear`, four by `cubic`;
// a filter against aliasing widens with the reduction. Each is weighted and added: two operations.
Work resize_work(Inference& op) {
  const std::string mode = op.text_or("mode", "nearest");
  const std::int64_t width = mode == "nearest" ? 1 : mode == "cubic" ? 4 : 2;
  const bool filters = op.int_or("antialias", 0) != 0;
  const Shape& from = op.shape(0);
  const Shape& to = op.output_type(0).shape;
  std::int64_t taps = 1;
  for (std::int64_t axis = 0; axis < from.rank() && width > 1; ++axis) {
    if (from[axis] == to[axis] || to[axis] == 0) continue;
    const std::int64_t reduction = filters && from[axis] > to[axis] ? (from[axis] - 1) / to[axis] + 1 : 1;
    taps = saturating_multiply(taps, saturating_multiply(width, reduction));
  }
  const std::int64_t touched = saturating_multiply(taps, to.elements());
  Work work;
  work.stated = ExplicitWork{.flops = width == 1 ? 0 : saturating_multiply(2, touched),
                             .elements_read = {std::min(from.elements(), touched)}};
  return work;
}

constexpr OperatorType operators[] = {
    {.name = "Resize",
     .operator_class = OperatorClass::resize,
     .most_inputs = 4,
     .rule = resize_rule,
     .work = resize_work,
     .roles = {InputRole::data, InputRole::shape, InputRole::shape, InputRole::shape}},
    {.name = "Upsample",
     .operator_class = OperatorClass::resize,
     .most_inputs = 2,
     .rule = upsample_rule,
     .work = resize_work,
     .roles = {InputRole::data, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> resize_operators() { return operators; }

}  // namespace chipcast
