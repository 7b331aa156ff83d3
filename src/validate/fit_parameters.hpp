// validate/fit_parameters.hpp: what a fit may move: the assumed figures of an execution, and scales of devices.
//
//   std::vector<FitParameter> all = parameters_of(runtime, DeviceKind::cpu, devices, precisions);
//   all[0].set(all[0].prior + 0.1);           // moves a figure of `runtime`
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "hardware/runtime.hpp"

namespace chipcast {

// Of a normal distribution, what nine in ten lie within.
inline constexpr double normal_90 = 1.645;

struct FitParameter {
  std::string path;                 // of a figure; empty: a scale
  std::string alike;                // those of one name are believed to lie off together; empty: with none
  double prior = 0, deviation = 1;  // of what `set` takes
  std::function<void(double)> set;
  std::function<double(double)> amount;  // in base units
};

// They point into `runtime`, whose execution on that kind has `fitted`. `used`: precisions, the widest first.
std::vector<FitParameter> parameters_of(Runtime& runtime, DeviceKind kind,
                                        const std::set<std::string>& devices,
                                        const std::vector<Precision>& used);

}  // namespace chipcast
