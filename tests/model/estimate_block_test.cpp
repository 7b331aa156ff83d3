// Designs side by side give the bits of designs one by one.
#include "model/estimate_block.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <random>

#include "model/machines.hpp"

namespace chipcast {
namespace {

// Groups of every kind, with and without products, each reading one or two before it.
Workload network_of_all_kinds() {
  Workload workload;
  for (std::size_t i = 0; i < 3 * work_kind_count; ++i) {
    GroupWork& group = workload.groups.emplace_back();
    const auto n = static_cast<double>(i + 1);
    group.kind = static_cast<WorkKind>(i % work_kind_count);
    group.macs = is_product(group.kind) ? 1e6 * n : 0;
    group.flops = 3e4 * n;
    group.transcendentals = i % 2 == 0 ? 500 : 0;
    group.weight_elements = i % 3 == 0 ? 0 : 7e4 * n;
    group.activation_elements_read = 2e5 / n;
    group.activation_elements_written = 1e5;
    group.fixed_bytes = i % 5 == 0 ? 4096 : 0;
    group.repeats = i % 7 == 0 ? 3 : 1;
    group.product = {
        .m = 196 + static_cast<std::int64_t>(i), .n = i % 4 == 0 ? 1 : 65, .k = 147, .stack = 33};
    std::vector<std::size_t>& before = workload.predecessors.emplace_back();
    if (i > 1) before.push_back(i - 1 - i % 2);
    if (i > 4) before.push_back(i - 4);
    workload.weight_elements += group.weight_elements;
  }
  workload.activation_peak_bytes = 3e6;
  return workload;
}

Device device_with(std::size_t caches) {
  Device device = machine(DeviceKind::gpu);
  device.engines = {engine("vectors", 10, 1e9, Precision::fp32, 64),
                    engine("matrices", 10, 1e9, Precision::int8, 2048)};
  device.engines[0].flops_per_cycle[static_cast<std::size_t>(Precision::int8)] = sure(128.0);
  device.engines[0].energy_per_flop[static_cast<std::size_t>(Precision::int8)] =
      sure(1e-12 * joule / (1.0 * flop));
  device.engines[1].products_only = true;
  device.engines[1].tile_m = 8;
  device.engines[1].tile_n = 16;
  device.engines[1].tile_k = 32;
  for (std::size_t i = 0; i < caches; ++i)
    device.memory.push_back(
        level("cache" + std::to_string(i), MemoryScope::chip, (i + 1) * 200 * kilobyte, 4e11));
  device.memory.push_back(level("dram", MemoryScope::off_chip, 5 * megabyte, 2e10));
  return device;
}

Runtime some_software() {
  return software(DeviceKind::gpu,
                  {.dispatch = 2 * microsecond,
                   .efficiency = 0.7,
                   .half_cycles = 900,
                   .bandwidth_efficiency = 0.8,
                   .half_rows = 3,
                   .half_columns = 5,
                   .half_depth = 7,
                   .activation_passes = 0.5,
                   .weight_passes = 0.25,
                   .parallel_fraction = 0.99},
                  {Precision::fp32, Precision::int8});
}

// Every figure that is felt, drawn anew.
void vary(Device& device, std::mt19937& random) {
  std::uniform_real_distribution<double> factor(0.25, 4);
  for (Engine& e : device.engines) e.clock.value = factor(random) * e.clock.value;
  for (MemoryLevel& l : device.memory) {
    l.bandwidth.value = factor(random) * l.bandwidth.value;
    l.capacity.value = static_cast<std::int64_t>(factor(random) * 1e6) * byte;
  }
  device.max_power.value = factor(random) * (4.0 * watt);  // some are throttled
}

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

struct Designs {
  std::vector<Device> devices;
  std::vector<Target> targets;
  std::vector<const Target*> pointers;

  Designs(std::size_t count, std::size_t caches, const Runtime& runtime, std::span<const Precision> wanted) {
    std::mt19937 random(static_cast<unsigned>(count + 100 * caches));
    devices.assign(count, device_with(caches));
    for (std::size_t i = 0; i < count; ++i) {
      vary(devices[i], random);
      const Result<Target> target = make_target(devices[i], devices[i].operating_points[0], runtime,
                                                {.precision = wanted[i % wanted.size()]});
      REQUIRE(target);
      targets.push_back(*target);
    }
    for (const Target& target : targets) pointers.push_back(&target);
  }
};

void check_same(const Workload& workload, const Designs& designs, double batch) {
  BlockEstimator estimator(workload);
  std::vector<Totals> totals(designs.targets.size());
  estimator.estimate(designs.pointers, batch, totals);
  for (std::size_t i = 0; i < totals.size(); ++i) {
    CAPTURE(i);
    const Estimate alone = estimate(workload, designs.targets[i], {.batch = batch});
    CHECK(same(in(totals[i].latency, second), in(alone.latency, second)));
    CHECK(totals[i].fits == alone.fits);
    REQUIRE(alone.energy);
    CHECK(same(in(totals[i].energy.compute, joule), in(alone.energy->compute, joule)));
    CHECK(same(in(totals[i].energy.off_chip, joule), in(alone.energy->off_chip, joule)));
    CHECK(same(in(totals[i].energy.on_chip, joule), in(alone.energy->on_chip, joule)));
    CHECK(same(in(totals[i].energy.idle, joule), in(alone.energy->idle, joule)));
    CHECK(same(in(totals[i].power, watt), in(*alone.power, watt)));
  }
}

}  // namespace

TEST_CASE("any number of designs side by side, with any number of caches, gives the bits of each alone") {
  const Workload workload = network_of_all_kinds();
  const Runtime runtime = some_software();
  const std::array precisions_wanted = {Precision::int8};
  for (std::size_t caches = 0; caches <= 5; ++caches) {
    CAPTURE(caches);
    for (const std::size_t count : std::initializer_list<std::size_t>{1, 2, 7, 8, 9, 31, 32}) {
      CAPTURE(count);
      check_same(workload, Designs(count, caches, runtime, precisions_wanted), 3);
    }
  }
}

TEST_CASE("so it is where branches run side by side") {
  const Workload workload = network_of_all_kinds();
  Runtime runtime = some_software();
  runtime.executions[static_cast<std::size_t>(DeviceKind::gpu)]->runs_branches_side_by_side = true;
  const std::array precisions_wanted = {Precision::int8};
  check_same(workload, Designs(21, 2, runtime, precisions_wanted), 1);
}

TEST_CASE("designs of several precisions in one block are estimated all the same") {
  const Workload workload = network_of_all_kinds();
  const Runtime runtime = some_software();
  const std::array precisions_wanted = {Precision::int8, Precision::fp32};
  check_same(workload, Designs(13, 2, runtime, precisions_wanted), 1);
}

TEST_CASE("where the energy is unknown, time is estimated without") {
  const Workload workload = network_of_all_kinds();
  const Runtime runtime = some_software();
  Device device = device_with(1);
  device.memory.back().energy.reset();
  const Result<Target> target =
      make_target(device, device.operating_points[0], runtime, {.precision = Precision::int8});
  REQUIRE(target);
  const std::array pointers = {&*target};
  std::array<Totals, 1> totals;
  BlockEstimator(workload).estimate(pointers, 1, totals);
  CHECK(totals[0].latency == estimate(workload, *target).latency);
  CHECK(totals[0].power == Watts());
}

}  // namespace chipcast
