#include "ops/window.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipcast {
namespace {

// Keep every product below within int64.
constexpr std::int64_t largest_attribute = std::int64_t{1} << 31;
constexpr std::int64_t largest_extent = std::int64_t{1} << 50;

std::vector<std::int64_t> read_list(Inference& op, std::string_view name, std::size_t length,
                                    std::int64_t fallback, std::int64_t least) {
  std::vector<std::int64_t> list = op.ints_or(name, std::vector<std::int64_t>(length, fallback));
  if (list.empty()) list.assign(length, fallback);
  if (list.size() != length) {
    op.fail(fmt::format("attribute '{}' has {} entries, expected {}", name, list.size(), length));
    list.assign(length, fallback);
  }
  for (std::int64_t& entry : list) {
    if (entry >= least && entry <= largest_attribute) continue;
    op.fail(fmt::format("attribute '{}' has the entry {}, expected {} to 2^31", name, entry,
                        least == -largest_attribute ? "-2^31" : std::to_string(least)));
    entry = fallback;
  }
  return list;
}

std::string read_auto_pad(Inference& op) {
  std::string auto_pad = op.text_or("auto_pad", "NOTSET");
  if (auto_pad.empty()) auto_pad = "NOTSET";
  if (auto_pad != "NOTSET" && auto_pad != "VALID" && auto_pad != "SAME_UPPER" && auto_pad != "SAME_LOWER") {
    op.fail(fmt::format("attribute 'auto_pad' is '{}'; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER",
                        auto_pad));
  }
  return auto_pad;
}

// What both kinds of window read alike; false where nothing can be said at all.
bool read_common(Inference& op, Window& w, std::vector<std::int64_t> input,
                 std::vector<std::int64_t> kernel) {
  const std::size_t axes = kernel.size();
  if (axes != input.size() || axes == 0 || axes > output_loops.size()) {
    op.fail(fmt::format("a window of {} axes does not fit an input of shape {}", axes, format(op.shape(0))));
    return false;
  }
  w.input = std::move(input);
  for (std::int64_t& extent : w.input) {
    if (extent <= largest_extent) continue;
    op.fail(fmt::format("an input extent of {} is more than 2^50", extent));
    extent = 0;
  }
  w.kernel = std::move(kernel);
  for (std::int64_t& extent : w.kernel) {
    if (extent >= 1 && extent <= largest_attribute) continue;
    op.fail(fmt::format("a kernel extent of {} is not possible", extent));
    extent = 1;
  }
  w.stride = read_list(op, "strides", axes, 1, 1);
  w.dilation = read_list(op, "dilations", axes, 1, 1);
  const std::vector<std::int64_t> pads = read_list(op, "pads", 2 * axes, 0, -largest_attribute);
  w.pad_begin.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
  w.pad_end.assign(pads.begin() + static_cast<std::ptrdiff_t>(axes), pads.end());
  return true;
}

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }
std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

std::vector<std::int64_t> spatial_extents(const Shape& image, bool channels_last) {
  if (image.rank() < 2) return {};
  return channels_last ? std::vector<std::int64_t>(image.begin() + 1, image.end() - 1)
                       : std::vector<std::int64_t>(image.begin() + 2, image.end());
}

Window read_window(Inference& op, std::vector<std::int64_t> spatial, std::vector<std::int64_t> kernel,
                   bool ceil_mode) {
  Window w;
  if (!read_common(op, w, std::move(spatial), std::move(kernel))) return {};
  const std::string auto_pad = read_auto_pad(op);
  for (std::size_t axis = 0; axis < w.kernel.size(); ++axis) {
    const std::int64_t input = w.input[axis];
    const std::int64_t reach = (w.kernel[axis] - 1) * w.dilation[axis] + 1;
    std::int64_t& begin = w.pad_begin[axis];
    std::int64_t& end = w.pad_end[axis];
    std::int64_t output = 0;
    if (auto_pad.starts_with("SAME")) {
      output = ceil_divide(input, w.stride[axis]);
      const std::int64_t total = std::max<std::int64_t>(0, (output - 1) * w.stride[axis] + reach - input);
      begin = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      end = total - begin;
    } else {
      if (auto_pad == "VALID") begin = end = 0;
      const std::int64_t room = input + begin + end - reach;
      output = (ceil_mode ? ceil_divide(room, w.stride[axis]) : floor_divide(room, w.stride[axis])) + 1;
      // A window that would start in the padding behind the input is not begun.
      if (ceil_mode && output > 0 && (output - 1) * w.stride[axis] >= input + begin) --output;
      if (output <= 0 && input > 0) {
        op.fail(fmt::format("a window reaching over {} does not fit into {} (padding {} and {})", reach,
                            input, begin, end));
      }
    }
    w.output.push_back(std::max<std::int64_t>(0, output));
  }
  return w;
}

Window read_transposed_window(Inference& op, std::vector<std::int64_t> spatial,
                              std::vector<std::int64_t> kernel) {
  Window w;
  if (!read_common(op, w, std::move(spatial), std::move(kernel))) return {};
  const std::size_t axes = w.kernel.size();
  const std::string auto_pad = read_auto_pad(op);
  const std::vector<std::int64_t> output_padding = read_list(op, "output_padding", axes, 0, 0);
  std::vector<std::int64_t> wanted = op.ints_or("output_shape", {});
  // Some exporters write the whole shape here, batch and channels included.
  if (wanted.size() == axes + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (!wanted.empty() && wanted.size() != axes) {
    op.fail(fmt::format("attribute 'output_shape' has {} entries, expected {}", wanted.size(), axes));
    wanted.clear();
  }
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t input = w.input[axis];
    const std::int64_t reach = (w.kernel[axis] - 1) * w.dilation[axis] + 1;
    const std::int64_t unpadded =
        saturating_add(saturating_multiply(w.stride[axis], std::max<std::int64_t>(0, input - 1)),
                       reach + output_padding[axis]);
    std::int64_t& begin = w.pad_begin[axis];
    std::int64_t& end = w.pad_end[axis];
    std::int64_t output = 0;
    if (!wanted.empty() || auto_pad.starts_with("SAME")) {
      output = wanted.empty() ? saturating_multiply(input, w.stride[axis]) : wanted[axis];
      if (output < 1 || output > largest_extent) {
        op.fail(fmt::format("an output extent of {} is not possible", output));
        output = 1;
      }
      const std::int64_t total = std::max<std::int64_t>(0, saturating_add(unpadded, -output));
      begin = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      end = total - begin;
    } else {
      if (auto_pad == "VALID") begin = end = 0;
      output = saturating_add(unpadded, -(begin + end));
      if (output < 1 && input > 0) {
        op.fail(fmt::format("padding {} and {} leaves nothing of an output of {}", begin, end, unpadded));
      }
      if (input == 0) output = 0;
    }
    w.output.push_back(std::max<std::int64_t>(0, output));
  }
  return w;
}

}  // namespace chipcast
