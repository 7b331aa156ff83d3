#include "model/likeness.hpp"

#include <algorithm>
#include <cmath>

namespace chipcast {

Traits traits_of(const Workload& workload) {
  constexpr double per_share = 2;
  double flops = 0, values = 0, depthwise = 0, dense = 0, attention = 0, kernels = 0;
  for (const GroupWork& group : workload.groups) {
    const double of_group = 2 * group.macs + group.flops;
    flops += of_group;
    values += group.weight_elements + group.activation_elements_read + group.activation_elements_written;
    kernels += group.repeats;
    if (group.kind == WorkKind::depthwise_convolution) depthwise += of_group;
    if (group.kind == WorkKind::dense) dense += of_group;
    if (group.kind == WorkKind::attention) attention += of_group;
  }
  flops = std::max(flops, 1.0);
  return {
      std::log10(flops),         std::log(flops / std::max(values, 1.0)), per_share * depthwise / flops,
      per_share * dense / flops, per_share * attention / flops,           std::log(std::max(kernels, 1.0))};
}

namespace {

double squared_distance(const Traits& a, const Traits& b) {
  double squares = 0;
  for (std::size_t i = 0; i < trait_count; ++i) squares += (a[i] - b[i]) * (a[i] - b[i]);
  return squares;
}

}  // namespace

double distance(const Traits& a, const Traits& b) { return std::sqrt(squared_distance(a, b)); }

double distance_to_nearest(const Traits& traits, std::span<const Traits> others) {
  if (others.empty()) return 0;
  double least = squared_distance(traits, others.front());
  for (const Traits& other : others) least = std::min(least, squared_distance(traits, other));
  return std::sqrt(least);
}

double widened(double margin, double distance) { return margin * (1 + std::min(distance, farthest)); }

}  // namespace chipcast
