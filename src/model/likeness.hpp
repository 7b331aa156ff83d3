// model/likeness.hpp: how unlike two networks are, as far as an estimate of their time may be off for it.
//
//   const Traits traits = traits_of(workload);
//   const double distance = distance_to_nearest(traits, fitted.networks);      // 0: one of those
//   const double margin = widened(fitted.margin, distance);
//
// Six traits, each on a scale on which one step is as much as networks of one family commonly differ: the decimal
// logarithm of the FLOPs, the natural logarithm of FLOPs per value moved, the shares of FLOPs in depthwise
// convolutions, in dense products and in attention, twice each, and the natural logarithm of the number of kernels.
#pragma once

#include <span>

#include "model/workload.hpp"

namespace chipcast {

Traits traits_of(const Workload& workload);
double distance(const Traits& a, const Traits& b);
double distance_to_nearest(const Traits& traits, std::span<const Traits> others);  // 0 where there are none

// A margin at no distance, at this one. Linear, as what is not known adds up; from `farthest` on it grows no more.
inline constexpr double farthest = 1;
double widened(double margin, double distance);

}  // namespace chipcast
