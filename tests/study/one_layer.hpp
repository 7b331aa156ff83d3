// tests/study/one_layer.hpp: a network of one layer and a machine that it keeps the memory of busy, so that all is known.
//
//   const OneLayer layer;
//   const Design design = bandwidth_bound();
//   estimated(layer.workload(design.runtime), design).latency      // 22,144 B at 1 GB/s
#pragma once

#include <doctest/doctest.h>

#include "graph/build.hpp"
#include "graph/shaping.hpp"
#include "model/estimate.hpp"
#include "model/machines.hpp"
#include "study/design.hpp"

namespace chipcast {

// A 1 x 1 convolution of 64 channels onto as many as wanted, on 10 x 10 pixels; onto 96:
//   100 x 64 x 96 = 614,400 MACs, 1,228,800 FLOP; weights 64 x 96 = 6,144; read 6,400, written 9,600: 22,144 elements
class OneLayer {
 public:
  explicit OneLayer(std::int64_t channels = 96) {
    const TensorId x = build::input(graph_, "x", {1, 64, 10, 10});
    graph_.add_output(build::conv(graph_, "conv", x, build::weight(graph_, "w", {channels, 64, 1, 1})));
    const Result<Shaped> shaped = shape_graph(graph_, {});
    REQUIRE(shaped);
    Result<Complexity> counted = characterize(graph_, shaped->order);
    REQUIRE(counted);
    complexity_ = *std::move(counted);
  }
  Workload workload(const Runtime& runtime) const { return make_workload(graph_, complexity_, runtime); }

 private:
  Graph graph_;
  Complexity complexity_;
};

inline constexpr double layer_bytes = 22'144;  // at int8

// One level of memory at 1 GB/s, an engine of 2,000 TFLOP/s, no dispatch; 1 pJ an operation and a byte, 1 W idle.
inline Design bandwidth_bound() {
  Device device = machine(DeviceKind::npu);
  device.max_power = sure(1e4 * watt);
  device.engines = {engine("array", 1000, 1e9, Precision::int8, 2000)};
  device.memory = {level("dram", MemoryScope::off_chip, 1000 * megabyte, 1e9)};
  const Runtime runtime = software(DeviceKind::npu, {}, {Precision::int8});
  const Result<Target> target =
      make_target(device, device.operating_points[0], runtime, {.precision = Precision::int8});
  REQUIRE(target);
  return design_of(*target, 1);
}

inline Estimate estimated(const Workload& workload, const Design& design) {
  const Result<Target> target = target_of(design);
  REQUIRE(target);
  return estimate(workload, *target, {.batch = design.batch});
}

inline double us(Seconds time) { return in(time, microsecond); }

}  // namespace chipcast
