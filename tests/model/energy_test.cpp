#include "model/energy.hpp"

#include <doctest/doctest.h>

#include "model/machines.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

// 1 pJ a FLOP and a byte, 1 W idle, 2 W busy, 10 W at most; a board that takes 3 W, a supply that passes on 80 percent.
Device example() {
  Device device = machine(DeviceKind::gpu);
  device.engines.push_back(engine("cores", 10, 1e9, Precision::fp32, 20));
  device.memory = {level("cache", MemoryScope::chip, 1'000'000 * byte, 1e12),
                   level("dram", MemoryScope::off_chip, 1'000'000'000 * byte, 1e11)};
  device.max_power = sure(10.0 * watt);
  device.busy_power = sure(2.0 * watt);
  device.board_power = sure(3.0 * watt);
  device.supply_efficiency = sure(0.8);
  return device;
}

const Amounts amounts = {.products = 6e11, .rest = 1e11, .bytes_off_chip = 2e11, .bytes_on_chip = 1e11};

Target target_on(const Device& device, const Runtime& runtime) {
  const Result<Target> target = make_target(device, device.operating_points[0], runtime, {});
  REQUIRE(target);
  return *target;
}

double joules(const Target& target, PowerBoundary boundary) {
  return in(energy_of(amounts, target, 1.0 * second, boundary).total(), joule);
}

TEST_CASE("the chip: operations, bytes, idle and busy power; the board adds its parts, the wall the losses") {
  const Device device = example();
  const Runtime runtime = software(DeviceKind::gpu, {}, {Precision::fp32});
  const Target target = target_on(device, runtime);
  // 0.7 J of operations, 0.2 and 0.1 J of bytes, 1 J idle and 2 J busy in a second.
  for (const PowerBoundary chip : {PowerBoundary::package, PowerBoundary::gpu, PowerBoundary::rail})
    CHECK(joules(target, chip) == Approx(0.7 + 0.2 + 0.1 + 1 + 2));
  CHECK(joules(target, PowerBoundary::board) == Approx(4 + 3));
  CHECK(joules(target, PowerBoundary::wall) == Approx((4 + 3) / 0.8));
}

TEST_CASE("the chip never takes more than its maximum: busy power gives way, then operations and bytes") {
  Device device = example();
  const Runtime runtime = software(DeviceKind::gpu, {}, {Precision::fp32});
  device.max_power = sure(3.5 * watt);
  CHECK(joules(target_on(device, runtime), PowerBoundary::package) == Approx(3.5));
  device.max_power = sure(1.5 * watt);
  const Energy energy = energy_of(amounts, target_on(device, runtime), 1.0 * second, PowerBoundary::package);
  CHECK(in(energy.busy, joule) == 0);
  CHECK(in(energy.compute, joule) == Approx(0.7 * 0.5));
  CHECK(in(energy.total(), joule) == Approx(1.5));
}

TEST_CASE("measured energies scale each part by its own") {
  const Device device = example();
  Runtime runtime = software(DeviceKind::gpu, {}, {Precision::fp32});
  runtime.executions[static_cast<std::size_t>(DeviceKind::gpu)]->energy = {
      .scale = {.per_flop = 2, .per_byte = 3, .idle = 0.5, .busy = 0.25, .board = 4},
      .devices = {{"machine", 1.5}}};
  // 2 x 0.7 J of operations, 3 x 0.3 J of bytes; 0.5 J idle, 0.5 J busy and 12 J of the board, all of them 1.5 times.
  const double chip = 2 * 0.7 + 3 * 0.3 + 1.5 * (0.5 + 0.5);
  const Target target = target_on(device, runtime);
  CHECK(joules(target, PowerBoundary::package) == Approx(chip));
  CHECK(joules(target, PowerBoundary::board) == Approx(chip + 1.5 * 12));
}

TEST_CASE("threads and clocks that are not used are not busy") {
  Device device = example();
  device.kind = DeviceKind::cpu;
  OperatingPoint& slow = device.operating_points.emplace_back();
  slow.name = "slow";
  slow.clocks = {sure(5e8 * hertz)};
  const Runtime runtime = software(DeviceKind::cpu, {}, {Precision::fp32});
  const auto busy = [&](const OperatingPoint& point, double threads) {
    return in(make_target(device, point, runtime, {.threads = threads})->busy_power, watt);
  };
  CHECK(busy(device.operating_points[0], 0) == Approx(2));
  CHECK(busy(device.operating_points[0], 5) == Approx(1));
  CHECK(busy(device.operating_points[1], 5) == Approx(0.5));
}

TEST_CASE("what a device's file does not give is named, and no energy is made up") {
  Device device = example();
  device.supply_efficiency.reset();
  const Runtime runtime = software(DeviceKind::gpu, {}, {Precision::fp32});
  CHECK(missing_for(target_on(device, runtime), PowerBoundary::board).empty());
  CHECK(missing_for(target_on(device, runtime), PowerBoundary::wall) == "supply_efficiency");
  device.board_power.reset();
  CHECK(missing_for(target_on(device, runtime), PowerBoundary::wall) == "board_power");
  CHECK(missing_for(target_on(device, runtime), PowerBoundary::package).empty());
  device.memory[1].energy.reset();
  CHECK(missing_for(target_on(device, runtime), PowerBoundary::package) == "energy of memory level 'dram'");
}

}  // namespace
}  // namespace chipcast
