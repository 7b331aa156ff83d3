// tests/ops/enumerated.hpp: small applications of every affine operator, enumerated over their attributes.
//
//   for (const Application& application : enumerated_poolings()) hold_against_walk(application);
#pragma once

#include <vector>

#include "ops/apply.hpp"

namespace chipcast {

using Applications = std::vector<Application>;

// One axis of a sliding window, for tests that enumerate all of them.
struct WindowAxis {
  std::int64_t input = 5, kernel = 1, stride = 1, dilation = 1, pad_begin = 0, pad_end = 0;
  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
  bool fits() const { return input + pad_begin + pad_end >= reach(); }
};
std::vector<WindowAxis> window_axes();
// Attributes of a window over these axes.
NamedAttributes window_attributes(const std::vector<WindowAxis>& axes);

Applications enumerated_convolutions();  // beside those that the convolution's own oracle runs through
Applications enumerated_transposed_convolutions();
Applications enumerated_products();
Applications enumerated_einsums();
Applications enumerated_poolings();
Applications enumerated_normalizations();
Applications enumerated_recurrences();
Applications enumerated_attentions();
Applications enumerated_quantizations();

}  // namespace chipcast
