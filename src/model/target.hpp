// model/target.hpp: a device at an operating point under a runtime and a precision, reduced to what a kernel feels.
//
//   Result<Target> target = make_target(device, point, runtime, {.precision = Precision::int8, .threads = 4});
//   target->nominal.kinds[...].rate, target->nominal.off_chip
//
// All of a target's figures come from YAML; where those are assumed, `best` and `worst` take the ends of their ranges.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "hardware/device.hpp"
#include "hardware/runtime.hpp"

namespace chipcast {

struct TargetOptions {
  Precision precision = Precision::fp32;
  std::optional<Precision> weights = {};  // weight-only quantization: stored so, computed as `precision`
  double threads = 0;                     // CPU cores to use; 0: all
};

// What one kind of work reaches.
struct KindRate {
  FlopsPerSecond rate;         // of products, sustained
  Seconds ramp;                // fork, join, fill and drain of every kernel
  FlopsPerSecond vector_rate;  // of what is no product
};

struct Coefficients {
  std::array<KindRate, work_kind_count> kinds = {};
  Seconds dispatch;  // per kernel
  BytesPerSecond off_chip;
  BytesPerSecond on_chip;  // of the outermost on-chip level
};

struct Target {
  const Device* device = nullptr;
  const OperatingPoint* point = nullptr;
  const Runtime* runtime = nullptr;
  const Execution* execution = nullptr;
  TargetOptions options;

  std::size_t product_engine = 0, vector_engine = 0;
  Precision product_runs_as = Precision::fp32;
  int activation_bits = 32, weight_bits = 32;  // as stored
  double units = 1;        // of the product engine, those that join it counted by their share of its rate
  Bytes on_chip_capacity;  // of the outermost on-chip level, all instances
  Bytes memory_capacity;

  Coefficients nominal, best, worst;

  // Energy; absent where the device does not say, `energy_unknown` then names what is missing.
  std::optional<JoulesPerFlop> product_energy, vector_energy;
  std::optional<JoulesPerByte> off_chip_energy, on_chip_energy;
  std::string energy_unknown;
  Watts idle_power, max_power;

  std::vector<std::string> reasons;  // falls back to ..., E-cores join, ...
};

// A precision that the device cannot run, or a runtime that does not run on its kind of device, is a diagnostic.
Result<Target> make_target(const Device& device, const OperatingPoint& point, const Runtime& runtime,
                           const TargetOptions& options);

}  // namespace chipcast
