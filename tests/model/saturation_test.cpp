#include "model/saturation.hpp"

#include <doctest/doctest.h>

#include "model/machines.hpp"

namespace chipcast {
namespace {

TEST_CASE("the batch that saturates, by hand") {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("core", 1, 1e9, Precision::fp32, 1000)};  // 1 TFLOP/s
  device.memory = {level("dram", MemoryScope::off_chip, 1'000'000 * megabyte, 1e15)};
  const Runtime runtime = software(DeviceKind::gpu, {.dispatch = 9.0 * microsecond}, {Precision::fp32});
  Workload workload;
  GroupWork& group = workload.groups.emplace_back();
  group.kind = WorkKind::attention;
  group.macs = 0.5e6;  // a microsecond a sample
  workload.predecessors = {{}};
  const Result<Target> target =
      make_target(device, device.operating_points[0], runtime, {.precision = Precision::fp32});
  REQUIRE(target);
  // 9 us + 1 us a sample: at a batch of b, b / (9 + b) samples a microsecond; 0.998 at 4096, of which nine tenths are 0.898:
  // 64 / 73 = 0.877 is less, 128 / 137 = 0.934 more.
  CHECK(saturating_batch(workload, *target, 1'000'000) == 128);
  // Where no more than 10 fit, 8 is the most that is tried: 8 / 17 = 0.471, and 4 / 13 = 0.308 is less than nine tenths of it.
  CHECK(saturating_batch(workload, *target, 10) == 8);
  CHECK(saturating_batch(workload, *target, 0) == 0);
}

}  // namespace
}  // namespace chipcast
