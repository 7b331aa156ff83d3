// Operators that sample an image where the data says: GridSample, AffineGrid, RoiAlign, CropAndResize.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/families.hpp"

namespace chipcast {
namespace {

// `taps` elements of input 0 are weighted and added for every output element: two operations each, none for one tap.
ExplicitWork interpolation(const Inference& op, std::int64_t taps) {
  const std::int64_t touched = saturating_multiply(taps, op.output_type(0).shape.elements());
  return {.flops = taps <= 1 ? 0 : saturating_multiply(2, touched),
          .elements_read = {std::min(op.shape(0).elements(), touched)}};
}

// ---- GridSample: image (n, c, spatial...), grid (n, output spatial..., axes) ------------------------------------------------

void grid_sample_rule(Inference& op) {
  if (!op.expect_rank(0, 3, 6) || !op.expect_rank(1, op.rank(0), op.rank(0))) return;
  const Shape& image = op.shape(0);
  const Shape& grid = op.shape(1);
  const std::int64_t axes = image.rank() - 2;
  if (grid[0] != image[0] || grid[grid.rank() - 1] != axes) {
    op.fail(
        fmt::format("a grid of shape {} does not sample an image of shape {}", format(grid), format(image)));
    return;
  }
  Shape shape = {image[0], image[1]};
  for (std::int64_t axis = 0; axis < axes; ++axis) shape.push_back(grid[axis + 1]);
  op.output(0, op.dtype(0), std::move(shape));
}

// Turning a coordinate in [-1, 1] into pixels takes 4 operations: ((x + 1) * extent - 1) / 2.
Work grid_sample_work(Inference& op) {
  const std::string mode = op.text_or("mode", "linear");
  const std::int64_t width = mode == "nearest" ? 1 : mode == "cubic" || mode == "bicubic" ? 4 : 2;
  std::int64_t taps = 1;
  for (std::int64_t axis = 2; axis < op.rank(0); ++axis) taps *= width;
  Work work;
  work.stated = interpolation(op, taps);
  const std::int64_t coordinates = op.shape(1).elements();
  work.stated->flops = saturating_add(work.stated->flops, saturating_multiply(4, coordinates));
  work.stated->elements_read.push_back(coordinates);
  return work;
}

// ---- AffineGrid: theta (n, axes, axes + 1), size (n, c, spatial...) -> (n, spatial..., axes) ----------------------------------

void affine_grid_rule(Inference& op) {
  if (!op.expect_rank(0, 3, 3)) return;
  const std::int64_t axes = op.shape(0)[1];
  const bool fits = axes >= 1 && axes <= 3 && op.shape(0)[2] == axes + 1;
  if (!op.expect(fits, "theta is not made of 2x3 or 3x4 matrices")) return;
  Shape shape = {op.shape(0)[0]};
  if (is_unknown(op, 1)) {
    for (std::int64_t axis = 1; axis <= axes && !op.failed(); ++axis) {
      shape.push_back(op.data_dependent_extent(0, axis, "the size of the grid"));
    }
  } else {
    const std::vector<std::int64_t> size = op.required_ints(1, "the size of the grid");
    if (op.failed() || !op.expect(static_cast<std::int64_t>(size.size()) == axes + 2,
                                  "the size of the grid does not have the axes that theta turns")) {
      return;
    }
    for (std::int64_t axis = 0; axis < axes; ++axis)
      shape.push_back(size[static_cast<std::size_t>(axis + 2)]);
  }
  shape.push_back(axes);
  op.output(0, op.dtype(0), std::move(shape));
}

// Each coordinate is a row of theta times the point: axes products, as many sums.
Work affine_grid_work(Inference& op) {
  Work work;
  work.stated =
      ExplicitWork{.flops = saturating_multiply(2 * op.shape(0)[1], op.output_type(0).shape.elements()),
                   .elements_read = {op.shape(0).elements()}};
  return work;
}

// ---- RoiAlign: image (n, c, h, w), regions (r, 4), image of each region (r) -> (r, c, oh, ow) ---------------------------------

void regions_rule(Inference& op, std::int64_t height, std::int64_t width) {
  if (!op.expect_rank(0, 4, 4) || !op.expect_rank(1, 2, 2)) return;
  if (op.shape(1)[1] != 4)
    op.fail(fmt::format("regions of shape {} do not have 4 coordinates", format(op.shape(1))));
  if (op.has(2) && op.shape(2) != Shape{op.shape(1)[0]}) {
    op.fail(fmt::format("{} regions, but the images they lie in have shape {}", op.shape(1)[0],
                        format(op.shape(2))));
  }
  op.output(0, op.dtype(0), Shape{op.shape(1)[0], op.shape(0)[1], height, width});
}

void roi_align_rule(Inference& op) {
  regions_rule(op, op.int_or("output_height", 1), op.int_or("output_width", 1));
}

// Every output element is the mean of sampling_ratio^2 samples of 4 taps. A ratio of 0 adapts to each region's size,
// which is data: counted as 2, what detection networks set.
Work roi_align_work(Inference& op) {
  std::int64_t ratio = op.int_or("sampling_ratio", 0);
  if (ratio <= 0) ratio = 2;
  Work work;
  work.stated = interpolation(op, saturating_multiply(4, saturating_multiply(ratio, ratio)));
  work.stated->elements_read.insert(work.stated->elements_read.end(),
                                    {op.shape(1).elements(), op.shape(2).elements()});
  return work;
}

// com.microsoft: like RoiAlign with the output's size as input 3 and one sample an element.
void crop_and_resize_rule(Inference& op) {
  if (is_unknown(op, 3)) {
    const std::int64_t height = op.data_dependent_extent(0, 2, "the height of the crops");
    regions_rule(op, height, op.failed() ? 0 : op.data_dependent_extent(0, 3, "the width of the crops"));
    return;
  }
  const std::vector<std::int64_t> size = op.required_ints(3, "the size of the crops");
  if (op.failed() || !op.expect(size.size() == 2, "the size of the crops is not a height and a width"))
    return;
  regions_rule(op, size[0], size[1]);
}

Work crop_and_resize_work(Inference& op) {
  Work work;
  work.stated = interpolation(op, op.text_or("mode", "bilinear") == "nearest" ? 1 : 4);
  work.stated->elements_read.insert(work.stated->elements_read.end(),
                                    {op.shape(1).elements(), op.shape(2).elements()});
  return work;
}

constexpr OperatorType operators[] = {
    {.name = "GridSample",
     .operator_class = OperatorClass::resize,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = grid_sample_rule,
     .work = grid_sample_work},
    {.name = "AffineGrid",
     .operator_class = OperatorClass::resize,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = affine_grid_rule,
     .work = affine_grid_work,
     .roles = {InputRole::data, InputRole::shape}},
    {.name = "RoiAlign",
     .operator_class = OperatorClass::detection,
     .least_inputs = 3,
     .most_inputs = 3,
     .rule = roi_align_rule,
     .work = roi_align_work,
     .roles = {InputRole::data, InputRole::data, InputRole::shape}},
    {.domain = "com.microsoft",
     .name = "CropAndResize",
     .operator_class = OperatorClass::detection,
     .least_inputs = 4,
     .most_inputs = 4,
     .rule = crop_and_resize_rule,
     .work = crop_and_resize_work,
     .roles = {InputRole::data, InputRole::data, InputRole::shape, InputRole::shape}},
};

}  // namespace

std::span<const OperatorType> sampling_operators() { return operators; }

}  // namespace chipcast
