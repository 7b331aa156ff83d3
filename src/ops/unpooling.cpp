// MaxUnpool and MaxRoiPool: pooling whose windows are data.
#include <fmt/format.h>

#include <algorithm>

#include "ops/arguments.hpp"
#include "ops/families.hpp"

namespace chipcast {
namespace {

constexpr std::int64_t largest = std::int64_t{1} << 31;

std::vector<std::int64_t> read_list(Inference& op, std::string_view name, std::vector<std::int64_t> fallback,
                                    std::int64_t least) {
  const std::size_t length = fallback.size();
  std::vector<std::int64_t> list = op.ints_or(name, fallback);
  if (list.size() != length) {
    op.fail(fmt::format("attribute '{}' has {} entries, expected {}", name, list.size(), length));
    return fallback;
  }
  for (const std::int64_t entry : list) {
    if (entry >= least && entry <= largest) continue;
    op.fail(fmt::format("attribute '{}' has the entry {}, expected {} to 2^31", name, entry, least));
    return fallback;
  }
  return list;
}

// X, positions, output_shape. The output is what a MaxPool of these attributes would have read.
void unpool_rule(Inference& op) {
  if (!op.expect_rank(0, 3, 5)) return;
  if (op.shape(1) != op.shape(0)) {
    op.fail(fmt::format("positions of shape {} for values of shape {}", format(op.shape(1)),
                        format(op.shape(0))));
  }
  Shape output = op.shape(0);
  const auto axes = static_cast<std::size_t>(output.rank() - 2);
  if (op.attribute("kernel_shape") == nullptr) op.fail("attribute 'kernel_shape' is missing");
  const auto kernel = read_list(op, "kernel_shape", std::vector<std::int64_t>(axes, 1), 1);
  const auto stride = read_list(op, "strides", std::vector<std::int64_t>(axes, 1), 1);
  const auto pads = read_list(op, "pads", std::vector<std::int64_t>(2 * axes, 0), 0);
  if (is_unknown(op, 2)) {
    output = bound_shape(op, output.rank(), "the output's extent");
  } else if (op.has(2)) {
    const std::vector<std::int64_t> wanted = op.required_ints(2, "the output's shape");
    if (wanted.size() == axes + 2) {
      output = Shape(wanted);
    } else {
      op.fail(fmt::format("an output shape of {} extents for an input of shape {}", wanted.size(),
                          format(output)));
    }
  } else {
    for (std::size_t i = 0; i < axes; ++i) {
      const auto axis = static_cast<std::int64_t>(i) + 2;
      const std::int64_t last = saturating_multiply(std::max<std::int64_t>(0, output[axis] - 1), stride[i]);
      output[axis] = saturating_add(last, kernel[i] - pads[i] - pads[i + axes]);
    }
  }
  op.output(0, op.dtype(0), std::move(output));
}

// Values and positions are read once, the whole output is written.
Work unpool_work(Inference& op) {
  const std::int64_t values = op.shape(0).elements();
  Work work;
  work.stated = ExplicitWork{.elements_read = {values, values}};
  return work;
}

// X, rois (rows of image index and two corners).
void roi_rule(Inference& op) {
  if (!op.expect_rank(0, 4, 4) || !op.expect_rank(1, 2, 2)) return;
  if (op.shape(1)[1] != 5) {
    op.fail(
        fmt::format("regions of shape {}; expected rows of 5 (image, x1, y1, x2, y2)", format(op.shape(1))));
  }
  if (op.attribute("pooled_shape") == nullptr) op.fail("attribute 'pooled_shape' is missing");
  const auto pooled = read_list(op, "pooled_shape", {1, 1}, 1);
  op.output(0, op.dtype(0), {op.shape(1)[0], op.shape(0)[1], pooled[0], pooled[1]});
}

// How large the regions are is data: the comparisons are those of regions that cover the whole image, the upper bound.
Work roi_work(Inference& op) {
  const std::int64_t image = op.shape(0).elements(1, 4);
  Work work;
  work.stated = ExplicitWork{.flops = saturating_multiply(op.shape(1)[0], image),
                             .elements_read = {op.shape(0).elements(), op.shape(1).elements()}};
  return work;
}

using enum InputRole;

constexpr OperatorType operators[] = {
    {.name = "MaxUnpool",
     .operator_class = OperatorClass::pooling,
     .least_inputs = 2,
     .most_inputs = 3,
     .rule = unpool_rule,
     .work = unpool_work,
     .roles = {data, data, shape}},
    {.name = "MaxRoiPool",
     .operator_class = OperatorClass::pooling,
     .least_inputs = 2,
     .most_inputs = 2,
     .rule = roi_rule,
     .work = roi_work},
};

}  // namespace

std::span<const OperatorType> unpooling_operators() { return operators; }

}  // namespace chipcast
