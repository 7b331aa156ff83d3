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
  // At which some operators are kept, weights and all (transform/keep.hpp), each once.
  std::vector<Precision> kept = {};
};

// What one kind of work reaches.
struct KindRate {
  FlopsPerSecond rate;         // of products, sustained
  Seconds ramp;                // fork, join, fill and drain of every kernel
  FlopsPerSecond vector_rate;  // of what is no product
};

struct Coefficients {
  std::array<KindRate, work_kind_count> kinds = {};
  FlopsPerSecond depthwise_in_vectors;  // where products go to an engine that is built for whole matrices
  Seconds dispatch;                     // per kernel
  BytesPerSecond off_chip;
  std::vector<BytesPerSecond> on_chip;  // by cache
  double half_rows = 0, half_columns = 0, half_depth = 0;
  double half_outputs = 0;                          // of all units together
  double threads = 1;                               // that fork and join, on a CPU
  double activation_passes = 0, weight_passes = 0;  // of a convolution
  std::size_t winograd = 0;                         // of GroupWork::winograd
};

// A level on the chip that keeps results from one kernel to the next.
struct Cache {
  std::size_t level = 0;  // of Device::memory
  Bytes capacity;         // of the instances that work
};

struct Target {
  const Device* device = nullptr;
  const OperatingPoint* point = nullptr;
  const Runtime* runtime = nullptr;
  const Execution* execution = nullptr;
  TargetOptions options;

  std::size_t product_engine = 0, vector_engine = 0;
  Precision product_runs_as = Precision::fp32;
  Precision depthwise_runs_as = Precision::fp32;
  Precision stored_as = Precision::fp32;       // what its kernels read and write
  int activation_bits = 32, weight_bits = 32;  // as stored
  double units = 1;           // of the product engine, those that join it counted by their share of its rate
  std::vector<Cache> caches;  // innermost first
  Bytes memory_capacity;

  Precision runs_as(WorkKind kind) const {
    return kind == WorkKind::depthwise_convolution ? depthwise_runs_as : product_runs_as;
  }
  Bytes on_chip_capacity() const { return caches.empty() ? Bytes() : caches.back().capacity; }

  Coefficients nominal, best, worst;

  // Energy; absent where the device does not say, `energy_unknown` then names what is missing.
  std::optional<JoulesPerFlop> product_energy, vector_energy;
  std::optional<JoulesPerByte> off_chip_energy, on_chip_energy;
  std::string energy_unknown;
  Watts idle_power, busy_power, max_power;
  EnergyScale energy_scale;  // of the energies and powers above, as measurements have it

  // How sure the latency is: nothing where no measurement of this runtime on this kind of device was fitted to.
  std::optional<double> margin;  // nine in ten estimates are off by less, as a logarithm of the ratio
  bool is_device_known = false;  // measurements on this device were among them

  std::vector<std::string> reasons;  // falls back to ..., E-cores join, ...

  // The same at each of options.kept, for the groups that name it (GroupWork::target).
  std::vector<Target> kept;
  const Target& at(std::size_t index) const { return index == 0 ? *this : kept[index - 1]; }
};

// A precision that the device cannot run, or a runtime that does not run on its kind of device, is a diagnostic.
Result<Target> make_target(const Device& device, const OperatingPoint& point, const Runtime& runtime,
                           const TargetOptions& options);

// After figures of its device or runtime have changed: all but reasons, best and worst; for sweeps, nothing is allocated.
// Which precisions there are must have stayed.
void update(Target& target);

}  // namespace chipcast
