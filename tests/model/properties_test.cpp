// What must hold of every estimate, over networks of the zoo on every device with its usual runtime and precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "hardware/read_runtime.hpp"
#include "model/defaults.hpp"
#include "model/estimate.hpp"
#include "model/shipped.hpp"
#include "zoo_network.hpp"

namespace chipcast {
namespace {

using doctest::Approx;

constexpr double rounding = 1 + 1e-9;
const std::vector<std::string> sample = {"mobilenet_v3_small", "resnet18",  "googlenet", "densenet121",
                                         "squeezenet1_1",      "bert_tiny", "vit_b_32",  "mlp"};

const Runtime& runtime_named(const std::string& id) {
  static std::map<std::string, Runtime> runtimes;
  const auto known = runtimes.find(id);
  if (known != runtimes.end()) return known->second;
  Result<Runtime> runtime = find_runtime(specs + "/runtimes", id);
  REQUIRE_MESSAGE(runtime, id);
  return runtimes.emplace(id, *std::move(runtime)).first->second;
}
const Runtime& runtime_of(const Device& device) { return runtime_named(default_runtime(device)); }

const Workload& workload_of(const std::string& network, const Runtime& runtime) {
  static std::map<std::pair<std::string, std::string>, Workload> workloads;
  const auto key = std::pair(network, runtime.id);
  const auto known = workloads.find(key);
  if (known != workloads.end()) return known->second;
  const ZooNetwork& n = zoo_network(network);
  return workloads.emplace(key, make_workload(n.graph, n.complexity, runtime)).first->second;
}

Target target_on(const Device& device, std::size_t point, std::optional<Precision> precision = {}) {
  Result<Target> target = make_target(device, device.operating_points[point], runtime_of(device),
                                      {.precision = precision.value_or(default_precision(device))});
  REQUIRE_MESSAGE(target, device.id);
  return *std::move(target);
}

// Calls `check` with every network, device and operating point.
template <class Check>
void everywhere(Check check) {
  for (const Device& device : shipped_devices()) {
    for (std::size_t point = 0; point < device.operating_points.size(); ++point) {
      const Target target = target_on(device, point);
      for (const std::string& network : sample) {
        CAPTURE(network);
        CAPTURE(device.id);
        CAPTURE(device.operating_points[point].name);
        check(workload_of(network, runtime_of(device)), target);
      }
    }
  }
}

void check_floors(const Workload& workload, const Target& target) {
  for (const double batch : {1.0, 16.0}) {
    const Estimate e = estimate(workload, target, {.batch = batch});
    const FlopsPerSecond peak =
        joint_peak_rate(*target.device, target.product_engine, target.product_runs_as, *target.point);
    const BytesPerSecond off_chip =
        bandwidth(*target.device, target.device->memory.size() - 1, *target.point);
    Seconds engines, memory, dispatch;
    for (std::size_t i = 0; i < e.groups.size(); ++i) {
      engines += 2 * workload.groups[i].macs * batch * flop / peak;
      memory += e.groups[i].bytes_off_chip * byte / off_chip;
      dispatch += workload.groups[i].repeats * target.nominal.dispatch;
    }
    CHECK(e.latency * rounding >= engines);
    CHECK(e.latency * rounding >= memory);
    CHECK(e.latency * rounding >= dispatch);
    CHECK(e.latency_low <= e.latency);
    CHECK(e.latency <= e.latency_high);
    CHECK(e.critical_path <= e.latency * rounding);
  }
}

TEST_CASE("latency is never under what engines, memory and dispatcher are busy for at their peaks") {
  everywhere(check_floors);
}

TEST_CASE("... nor without any software, where branches run side by side at full efficiency") {
  const Runtime& ideal = runtime_named("ideal");
  for (const Device& device : shipped_devices()) {
    const Result<Target> target =
        make_target(device, device.operating_points[0], ideal, {.precision = default_precision(device)});
    REQUIRE(target);
    for (const std::string& network : sample) {
      CAPTURE(network);
      CAPTURE(device.id);
      check_floors(workload_of(network, ideal), *target);
    }
  }
}

// A device with one thing better than it is.
struct Improvement {
  const char* name;
  void (*make)(Device& device);
};

const std::vector<Improvement> improvements = {
    {"bandwidth of the network's memory",
     [](Device& d) { d.memory.back().bandwidth.value = 2 * d.memory.back().bandwidth.value; }},
    {"bandwidth of every level",
     [](Device& d) {
       for (MemoryLevel& level : d.memory) level.bandwidth.value = 2 * level.bandwidth.value;
     }},
    {"operations a cycle",
     [](Device& d) {
       for (Engine& engine : d.engines) {
         for (auto& rate : engine.flops_per_cycle) {
           if (rate) rate->value *= 2;
         }
       }
     }},
    {"units",  // but cores: small operators do get slower where more threads fork and join
     [](Device& d) {
       if (d.kind == DeviceKind::cpu) return;
       for (Engine& engine : d.engines) engine.count.value *= 2;
     }},
    {"clock",
     [](Device& d) {
       for (Engine& engine : d.engines) engine.clock.value = 2 * engine.clock.value;
     }},
    {"capacity",
     [](Device& d) {
       for (MemoryLevel& level : d.memory) level.capacity.value = 2 * level.capacity.value;
     }},
};

TEST_CASE("more bandwidth, peak or cache never makes anything slower") {
  for (const Device& device : shipped_devices()) {
    const Target before = target_on(device, 0);
    for (const Improvement& improvement : improvements) {
      Device better = device;
      improvement.make(better);
      const Target after = target_on(better, 0);
      for (const std::string& network : sample) {
        const Workload& workload = workload_of(network, runtime_of(device));
        for (const double batch : {1.0, 16.0}) {
          CAPTURE(network);
          CAPTURE(device.id);
          CAPTURE(std::string(improvement.name));
          CHECK(estimate(workload, after, {.batch = batch}).latency <=
                estimate(workload, before, {.batch = batch}).latency * rounding);
        }
      }
    }
  }
}

TEST_CASE("throughput times latency is the batch; energy adds up; power lies within the device's range") {
  everywhere([](const Workload& workload, const Target& target) {
    for (const double batch : {1.0, 8.0}) {
      const Estimate e = estimate(workload, target, {.batch = batch});
      CHECK(e.throughput * e.latency == Approx(batch));
      if (!e.energy) {
        CHECK_FALSE(target.energy_unknown.empty());
        continue;
      }
      Joules sum = target.idle_power * e.latency + e.energy->busy;
      CHECK(e.energy->busy <= target.busy_power * e.latency * rounding);
      for (const GroupEstimate& group : e.groups) {
        sum += group.products * flop * *target.product_energy + group.rest * flop * *target.vector_energy;
        sum += group.bytes_off_chip * byte * *target.off_chip_energy;
        if (target.on_chip_energy) sum += group.bytes_on_chip * byte * *target.on_chip_energy;
      }
      CHECK(in(e.energy->total(), joule) == Approx(in(sum, joule)));
      CHECK(in(*e.power * e.latency, joule) == Approx(in(sum, joule)));
      CHECK(*e.power >= target.idle_power);
      CHECK(*e.power <= target.max_power * rounding);
    }
  });
}

TEST_CASE("halving the precision never raises the bytes") {
  for (const Device& device : shipped_devices()) {
    for (const std::string& network : sample) {
      CAPTURE(device.id);
      CAPTURE(network);
      double off_chip = 0, on_chip = 0;
      bool is_first = true;
      for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8}) {
        const Result<Target> target =
            make_target(device, device.operating_points[0], runtime_of(device), {.precision = precision});
        if (!target) continue;
        double off = 0, on = 0;
        for (const GroupEstimate& group :
             estimate(workload_of(network, runtime_of(device)), *target).groups) {
          off += group.bytes_off_chip;
          on += group.bytes_on_chip;
        }
        if (!is_first) CHECK(off <= off_chip * rounding);
        if (!is_first) CHECK(on <= on_chip * rounding);
        off_chip = off;
        on_chip = on;
        is_first = false;
      }
    }
  }
}

TEST_CASE("twice the batch costs at most twice as much, and what no longer stays on the chip") {
  everywhere([](const Workload& workload, const Target& target) {
    for (const double batch : {1.0, 2.0, 16.0}) {
      const Estimate once = estimate(workload, target, {.batch = batch});
      const Estimate twice = estimate(workload, target, {.batch = 2 * batch});
      Seconds spilled;
      for (std::size_t i = 0; i < once.groups.size(); ++i) {
        spilled += std::max(Seconds(), twice.groups[i].memory_off_chip - 2 * once.groups[i].memory_off_chip);
      }
      // A throttled device is slowed by the energy of what spills as well.
      if (once.is_throttled || twice.is_throttled) continue;
      CHECK(twice.latency <= (2 * once.latency + spilled) * rounding);
      CHECK(twice.latency * rounding >= once.latency);
    }
  });
}

TEST_CASE("with all of it on the chip, or none of it, twice the batch costs at most twice as much") {
  for (const Device& device : shipped_devices()) {
    if (device.memory.size() < 2) continue;
    for (const Bytes capacity : {1 * byte, 1'000'000 * gigabyte}) {
      Device edited = device;
      for (std::size_t i = 0; i + 1 < edited.memory.size(); ++i) edited.memory[i].capacity.value = capacity;
      const Target target = target_on(edited, 0);
      for (const std::string& network : sample) {
        const Workload& workload = workload_of(network, runtime_of(device));
        CAPTURE(device.id);
        CAPTURE(network);
        CHECK(estimate(workload, target, {.batch = 2}).latency <=
              2 * estimate(workload, target, {.batch = 1}).latency * rounding);
      }
    }
  }
}

}  // namespace
}  // namespace chipcast
