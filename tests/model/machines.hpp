// tests/model/machines.hpp: devices and runtimes with round figures, so that a derivation can be followed.
//
//   Device device = machine(DeviceKind::gpu);
//   device.engines.push_back(engine("cores", 10, 1e9 * hertz, Precision::fp32, 20));   // 200 GFLOP/s
//   device.memory = {level("cache", MemoryScope::chip, 1 * megabyte, 100e9), level("dram", ...)};
//   Runtime runtime = software(DeviceKind::gpu, {.dispatch = 2 * microsecond, .efficiency = 0.5});
#pragma once

#include <string>

#include "hardware/runtime.hpp"

namespace chipcast {

template <class Q>
Figure<Q> sure(Q value) {
  Figure<Q> figure;
  figure.value = value;
  figure.source = "test";
  return figure;
}

inline Engine engine(std::string name, double count, double clock, Precision precision, double flops) {
  Engine e;
  e.name = std::move(name);
  e.count = sure(count);
  e.clock = sure(clock * hertz);
  e.flops_per_cycle[static_cast<std::size_t>(precision)] = sure(flops);
  e.energy_per_flop[static_cast<std::size_t>(precision)] = sure(1e-12 * joule / (1.0 * flop));
  return e;
}

inline MemoryLevel level(std::string name, MemoryScope scope, Bytes capacity, double bytes_per_second) {
  MemoryLevel l;
  l.name = std::move(name);
  l.scope = scope;
  l.instances = sure(1.0);
  l.capacity = sure(capacity);
  l.bandwidth = sure(bytes_per_second * byte / second);
  l.energy = sure(1e-12 * joule / (1.0 * byte));
  return l;
}

inline Device machine(DeviceKind kind) {
  Device device;
  device.id = "machine";
  device.kind = kind;
  device.max_power = sure(1000.0 * watt);
  device.idle_power = sure(1.0 * watt);
  device.operating_points.emplace_back().name = "nominal";
  return device;
}

struct Software {
  Seconds dispatch = {};
  double efficiency = 1;  // of every kind of work
  double half_cycles = 0;
  double bandwidth_efficiency = 1, cache_efficiency = 1;
  double half_rows = 0, half_columns = 0, half_depth = 0, half_outputs = 0;
  double activation_passes = 0, weight_passes = 0;
  double parallel_fraction = 1;
};

inline Runtime software(DeviceKind kind, const Software& s, std::vector<Precision> native) {
  Runtime runtime;
  runtime.id = "software";
  Execution execution;
  execution.dispatch = sure(s.dispatch);
  execution.bandwidth_efficiency = sure(s.bandwidth_efficiency);
  execution.cache_efficiency = sure(s.cache_efficiency);
  execution.half_rows = sure(s.half_rows);
  execution.half_columns = sure(s.half_columns);
  execution.half_depth = sure(s.half_depth);
  execution.half_outputs = sure(s.half_outputs);
  execution.activation_passes = sure(s.activation_passes);
  execution.weight_passes = sure(s.weight_passes);
  execution.parallel_fraction = sure(s.parallel_fraction);
  execution.native = std::move(native);
  for (WorkPrior& prior : execution.priors)
    prior = {.efficiency = sure(s.efficiency), .half_cycles = sure(s.half_cycles)};
  runtime.executions[static_cast<std::size_t>(kind)] = execution;
  return runtime;
}

}  // namespace chipcast
