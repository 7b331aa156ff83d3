// ops/window.hpp: the sliding window that convolutions and poolings share.
//
//   Window w = read_window(op, spatial_extents(op.shape(0), false), {3, 3}, false);
//   w.output[axis], w.stride[axis], w.pad_begin[axis]
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ops/operator_type.hpp"

namespace chipcast {

struct Window {
  std::vector<std::int64_t> kernel, stride, dilation, pad_begin, pad_end;
  std::vector<std::int64_t> input, output;  // spatial extents

  int axes() const { return static_cast<int>(kernel.size()); }
};

inline constexpr std::array<std::string_view, 3> output_loops = {"p", "q", "d"};
inline constexpr std::array<std::string_view, 3> kernel_loops = {"r", "s", "t"};

// Axes 2 and up of an image, or 1 to the last but one where the channels come last.
std::vector<std::int64_t> spatial_extents(const Shape& image, bool channels_last);

// Reads strides, dilations, pads, auto_pad (and ceil_mode, for pooling) for a window of `kernel` over `input`, the
// spatial extents. Complains through `op`; the window is then safe to go on with.
Window read_window(Inference& op, std::vector<std::int64_t> input, std::vector<std::int64_t> kernel,
                   bool ceil_mode);

// The window that lets a transposed convolution spread `input` over `output`: reads output_padding and output_shape
// beside the attributes above.
Window read_transposed_window(Inference& op, std::vector<std::int64_t> input,
                              std::vector<std::int64_t> kernel);

}  // namespace chipcast
