#include "model/saturation.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "hardware/read_device.hpp"
#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "model/machines.hpp"
#include "zoo_network.hpp"

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

// The definition, estimate by estimate.
std::int64_t one_by_one(const Workload& workload, const Target& target, std::int64_t most) {
  std::vector<Hertz> reached;
  for (std::int64_t batch = 1; batch <= std::min<std::int64_t>(most, 4096); batch *= 2)
    reached.push_back(estimate(workload, target, {.batch = static_cast<double>(batch)}).throughput);
  if (reached.empty()) return 0;
  const Hertz best = *std::max_element(reached.begin(), reached.end());
  std::int64_t batch = 1;
  for (const Hertz throughput : reached) {
    if (throughput >= 0.9 * best) break;
    batch *= 2;
  }
  return batch;
}

TEST_CASE("batches side by side say what estimates of each say") {
  const std::string folder = CHIPCAST_SOURCE_DIR "/hardware_specs";
  for (const std::string& id : device_ids(folder)) {
    const Result<Device> device = find_device(folder, id);
    REQUIRE(device);
    for (const std::string& name : {default_runtime(*device), std::string("ideal")}) {
      const Result<Runtime> runtime = find_runtime(folder + "/runtimes", name);
      REQUIRE(runtime);
      const Result<Target> target = make_target(*device, device->operating_points[0], *runtime,
                                                {.precision = default_precision(*device)});
      REQUIRE(target);
      for (const char* network : {"mobilenet_v3_small", "resnet18", "bert_tiny", "mlp"}) {
        CAPTURE(id);
        CAPTURE(network);
        const ZooNetwork& n = zoo_network(network);
        const Workload workload = make_workload(n.graph, n.complexity, *runtime);
        for (const std::int64_t most : {1, 100, 1'000'000})
          CHECK(saturating_batch(workload, *target, most) == one_by_one(workload, *target, most));
      }
    }
  }
}

}  // namespace
}  // namespace chipcast
